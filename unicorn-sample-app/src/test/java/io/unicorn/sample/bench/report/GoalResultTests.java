package io.unicorn.sample.bench.report;

import java.util.List;

import io.unicorn.sample.bench.MachineInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GoalResult} and {@link Goal}.
 */
class GoalResultTests {

	@Test
	void theLimitItselfIsGood() {
		assertThat(Goal.atMost(0.6, "").isMetBy(0.6)).isTrue();
		assertThat(Goal.atMost(0.6, "").isMetBy(0.61)).isFalse();
		assertThat(Goal.atLeast(1, "").isMetBy(1)).isTrue();
		assertThat(Goal.atLeast(1, "").isMetBy(0.99)).isFalse();
	}

	@Test
	void theMedianDecidesAndDifferingRoundsAreReported() {
		GoalResult result = result(0.5, 0.9, 0.55);
		assertThat(result.isMet()).isTrue();
		assertThat(result.isClose()).isTrue();
		assertThat(result(0.5, 0.51).isClose()).isFalse();
		assertThat(result(0.7, 0.8).isClose()).isFalse();
	}

	@Test
	void theTableShowsGoalsThatAreNotMet() {
		Results results = new Results();
		results.add(result(0.7, 0.8, 0.9));
		results.remark("one line\nand another");
		MachineInfo machine = new MachineInfo("2026-11-21T10:00:00Z", "Linux", "a processor", 2, 4096, List.of("17"),
				"wrk", false, 0.1, 0.2);
		assertThat(ResultTables.of(machine, results))
			.contains("| start | first answer | 25 | ≤ 0.60 | 0.80 | 0.70 to 0.90 | 3 | **no** |\n")
			.endsWith("- one line\n");
	}

	private static GoalResult result(Double... values) {
		return new GoalResult("start", "25", "first answer", Goal.atMost(0.6, ""), List.of(values));
	}

}
