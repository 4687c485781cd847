package io.unicorn.sample.testsupport.load;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LatencyHistogram}.
 */
class LatencyHistogramTests {

	@Test
	void anEmptyHistogramHasZeroQuantiles() {
		LatencyHistogram histogram = new LatencyHistogram();
		assertThat(histogram.quantile(0.5)).isZero();
		assertThat(histogram.max()).isZero();
	}

	@Test
	void quantilesAreExactToThreePerCent() {
		LatencyHistogram histogram = new LatencyHistogram();
		for (int micros = 1; micros <= 100_000; micros++) {
			histogram.record(micros * 1000L);
		}
		for (double share : new double[] { 0.001, 0.1, 0.5, 0.9, 0.99 }) {
			long exact = Math.round(share * 100_000) * 1000;
			assertThat(histogram.quantile(share)).isBetween(Duration.ofNanos(exact),
					Duration.ofNanos(exact + exact / 30));
		}
		assertThat(histogram.max()).isEqualTo(Duration.ofMillis(100)).isEqualTo(histogram.quantile(1));
	}

	@Test
	void theLongestAndTheShortestTimesFit() {
		LatencyHistogram histogram = new LatencyHistogram();
		histogram.record(-1);
		histogram.record(0);
		histogram.record(Long.MAX_VALUE);
		assertThat(histogram.quantile(0.5)).isZero();
		assertThat(histogram.max()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE / 1000 * 1000));
	}

	@Test
	void histogramsAddUp() {
		LatencyHistogram first = new LatencyHistogram();
		LatencyHistogram second = new LatencyHistogram();
		first.record(5_000);
		second.record(7_000);
		first.add(second);
		assertThat(first.quantile(0.5)).isEqualTo(Duration.ofNanos(5_000));
		assertThat(first.max()).isEqualTo(Duration.ofNanos(7_000));
	}

}
