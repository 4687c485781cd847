/**
 * The results of the benchmarks: goals, statistics, tables and charts.
 */
@NullMarked
package io.unicorn.sample.bench.report;

import org.jspecify.annotations.NullMarked;
