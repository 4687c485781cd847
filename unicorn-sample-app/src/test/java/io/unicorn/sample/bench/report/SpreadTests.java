package io.unicorn.sample.bench.report;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Spread}.
 */
class SpreadTests {

	@Test
	void theMedianDoesNotDependOnTheOrder() {
		assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Spread(4, 1, 9, 3));
	}

	@Test
	void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
		assertThat(Spread.of(List.of(8.0, 1.0, 2.0, 4.0))).isEqualTo(new Spread(3, 1, 8, 4));
	}

	@Test
	void noMeasurementsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of(1.0, Double.NaN)))
			.withMessageContaining("NaN");
	}

	@Test
	void roundsAreComparedOneByOneAsFarAsBothGo() {
		assertThat(Spread.ratios(List.of(1.0, 3.0, 7.0), List.of(2.0, 4.0))).containsExactly(0.5, 0.75);
	}

}
