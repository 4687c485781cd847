/**
 * Meters of several processes as one: what a series is, how series are merged, and how
 * they travel. Knows no metrics library.
 */
@NullMarked
package io.unicorn.meters;

import org.jspecify.annotations.NullMarked;
