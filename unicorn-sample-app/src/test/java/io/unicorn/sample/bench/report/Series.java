package io.unicorn.sample.bench.report;

import java.util.List;

/**
 * The values of one quantity, round by round.
 *
 * @param workload the name of the workload
 * @param jdk the JDK's version, empty where there is none
 * @param subject what was measured, such as {@code plain} or {@code pool}
 * @param quantity which figure of it
 * @param unit its unit
 * @param values one for each round
 */
public record Series(String workload, String jdk, String subject, String quantity, String unit, List<Double> values) {

	public Series {
		values = List.copyOf(values);
	}

	Spread spread() {
		return Spread.of(this.values);
	}

}
