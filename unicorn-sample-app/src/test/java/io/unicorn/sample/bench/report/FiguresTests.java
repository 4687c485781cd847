package io.unicorn.sample.bench.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Figures}.
 */
class FiguresTests {

	@Test
	void numbersHaveThreeSignificantDigits() {
		assertThat(Figures.text(12_345.6)).isEqualTo("12,346");
		assertThat(Figures.text(12.345)).isEqualTo("12.3");
		assertThat(Figures.text(0.6)).isEqualTo("0.60");
		assertThat(Figures.text(0.0125)).isEqualTo("0.013");
	}

	@Test
	void wholeNumbersHaveNoPoint() {
		assertThat(Figures.text(0)).isEqualTo("0");
		assertThat(Figures.text(8)).isEqualTo("8");
	}

	@Test
	void aVerySmallNumberIsNotShownAsZero() {
		assertThat(Figures.text(0.0001)).isEqualTo("< 0.001");
	}

}
