/**
 * The workloads of the benchmarks, one class for each.
 */
@NullMarked
package io.unicorn.sample.bench.workload;

import org.jspecify.annotations.NullMarked;
