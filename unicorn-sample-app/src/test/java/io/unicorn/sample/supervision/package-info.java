/**
 * Tests of crashes, hangs, signals and the scheduling of replacements.
 */
@NullMarked
package io.unicorn.sample.supervision;

import org.jspecify.annotations.NullMarked;
