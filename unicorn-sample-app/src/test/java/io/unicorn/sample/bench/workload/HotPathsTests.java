package io.unicorn.sample.bench.workload;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HotPaths}.
 */
class HotPathsTests {

	@Test
	void timesAndAllocationsOfAllForksAreRead() {
		assertThat(HotPaths.read("""
				[ { "benchmark" : "io.unicorn.worker.RequestLedgerBenchmark.alone", "mode" : "avgt",
				    "primaryMetric" : { "score" : 31.0, "rawData" : [ [ 30.0, 31.5 ], [ 32.0 ] ] },
				    "secondaryMetrics" : {
				      "gc.alloc.rate" : { "rawData" : [ [ 7.0 ] ] },
				      "gc.alloc.rate.norm" : { "rawData" : [ [ 1.0E-4, 2.0E-4 ], [ 0.0 ] ] } } } ]
				""")).containsExactly(
				new HotPaths.Measured("RequestLedger.alone", List.of(30.0, 31.5, 32.0), List.of(1.0E-4, 2.0E-4, 0.0)));
	}

}
