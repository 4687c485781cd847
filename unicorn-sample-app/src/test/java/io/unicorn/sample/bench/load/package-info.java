/**
 * The load of the benchmarks: as fast as possible, or at a fixed rate.
 */
@NullMarked
package io.unicorn.sample.bench.load;

import org.jspecify.annotations.NullMarked;
