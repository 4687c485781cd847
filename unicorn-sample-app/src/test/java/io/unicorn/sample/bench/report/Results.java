package io.unicorn.sample.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the results of a run. Thread-safe, because a workload that was aborted may
 * still add to it.
 */
public final class Results {

	private final List<Series> series = new ArrayList<>();

	private final List<GoalResult> goals = new ArrayList<>();

	private final List<String> remarks = new ArrayList<>();

	public synchronized void add(Series measured) {
		// Fails on an empty series or a missing value, which the table cannot show.
		measured.spread();
		this.series.add(measured);
	}

	public synchronized void add(GoalResult result) {
		result.spread();
		this.goals.add(result);
	}

	/** Add a remark for readers of the figures. */
	public synchronized void remark(String remark) {
		System.err.println(remark);
		this.remarks.add(remark);
	}

	synchronized List<Series> series() {
		return List.copyOf(this.series);
	}

	synchronized List<GoalResult> goals() {
		return List.copyOf(this.goals);
	}

	synchronized List<String> remarks() {
		return List.copyOf(this.remarks);
	}

}
