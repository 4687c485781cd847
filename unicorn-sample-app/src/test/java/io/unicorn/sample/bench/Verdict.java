package io.unicorn.sample.bench;

import java.util.List;

/**
 * A goal, and what was measured.
 *
 * @param workload the name of the workload
 * @param jdk the JDK's version, empty where there is none
 * @param what what the goal is about
 * @param goal the goal
 * @param values one for each round
 */
record Verdict(String workload, String jdk, String what, Goal goal, List<Double> values) {

	Verdict {
		values = List.copyOf(values);
	}

	Spread spread() {
		return Spread.of(this.values);
	}

	/** By the median. */
	boolean isMet() {
		return this.goal.isMetBy(spread().median());
	}

	/** Whether single rounds say otherwise than the median. */
	boolean isClose() {
		Spread spread = spread();
		return this.goal.isMetBy(spread.min()) != this.goal.isMetBy(spread.max());
	}

}
