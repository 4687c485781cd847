/**
 * Benchmarks that compare a pool with the same application without the starter, in one
 * run.
 */
@NullMarked
package io.unicorn.sample.bench;

import org.jspecify.annotations.NullMarked;
