package io.unicorn.sample.bench.report;

import java.util.List;

/**
 * A goal and its measured values.
 *
 * @param workload the name of the workload
 * @param jdk the JDK's version, empty where there is none
 * @param what what the goal is about
 * @param goal the goal
 * @param values one for each round
 */
public record GoalResult(String workload, String jdk, String what, Goal goal, List<Double> values) {

	public GoalResult {
		values = List.copyOf(values);
	}

	Spread spread() {
		return Spread.of(this.values);
	}

	/** Whether the median meets the goal. */
	boolean isMet() {
		return this.goal.isMetBy(spread().median());
	}

	/** Whether single rounds and the median differ in meeting the goal. */
	boolean isClose() {
		Spread spread = spread();
		return this.goal.isMetBy(spread.min()) != this.goal.isMetBy(spread.max());
	}

}
