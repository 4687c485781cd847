package io.unicorn.sample.bench;

import java.util.List;

/**
 * What was measured, round by round.
 *
 * @param workload the name of the workload
 * @param jdk the JDK's version, empty where there is none
 * @param subject what was measured, such as {@code plain} or {@code pool}
 * @param quantity which figure of it
 * @param unit its unit
 * @param values one for each round
 */
record Series(String workload, String jdk, String subject, String quantity, String unit, List<Double> values) {

	Series {
		values = List.copyOf(values);
	}

	Spread spread() {
		return Spread.of(this.values);
	}

}
