package io.unicorn.sample.bench;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Verdict} and {@link Goal}.
 */
class VerdictTests {

	@Test
	void theLimitItselfIsGood() {
		assertThat(Goal.atMost(0.6, "").isMetBy(0.6)).isTrue();
		assertThat(Goal.atMost(0.6, "").isMetBy(0.61)).isFalse();
		assertThat(Goal.atLeast(1, "").isMetBy(1)).isTrue();
		assertThat(Goal.atLeast(1, "").isMetBy(0.99)).isFalse();
	}

	@Test
	void theMedianDecidesAndRoundsThatDifferAreTold() {
		Verdict verdict = verdict(0.5, 0.9, 0.55);
		assertThat(verdict.isMet()).isTrue();
		assertThat(verdict.isClose()).isTrue();
		assertThat(verdict(0.5, 0.51).isClose()).isFalse();
		assertThat(verdict(0.7, 0.8).isClose()).isFalse();
	}

	@Test
	void theTableShowsWhatIsNotMet() {
		Results results = new Results();
		results.add(verdict(0.7, 0.8, 0.9));
		results.remark("one line\nand another");
		Machine machine = new Machine("2026-11-21T10:00:00Z", "Linux", "a processor", 2, 4096, List.of("17"), "wrk",
				false, 0.1, 0.2);
		assertThat(ResultTables.of(machine, results))
			.contains("| start | first answer | 25 | ≤ 0.60 | 0.80 | 0.70 to 0.90 | 3 | **no** |\n")
			.endsWith("- one line\n");
	}

	private static Verdict verdict(Double... values) {
		return new Verdict("start", "25", "first answer", Goal.atMost(0.6, ""), List.of(values));
	}

}
