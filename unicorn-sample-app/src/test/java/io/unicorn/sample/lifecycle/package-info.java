/**
 * Tests of the start, the configuration and the end of a pool.
 */
@NullMarked
package io.unicorn.sample.lifecycle;

import org.jspecify.annotations.NullMarked;
