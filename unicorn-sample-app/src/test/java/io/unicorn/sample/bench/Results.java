package io.unicorn.sample.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a run has come to so far. Thread-safe: a workload that was given up may
 * still be at it.
 */
final class Results {

	private final List<Series> series = new ArrayList<>();

	private final List<Verdict> verdicts = new ArrayList<>();

	private final List<String> remarks = new ArrayList<>();

	synchronized void add(Series measured) {
		// A series without a figure says nothing, and one with a gap would end the table.
		measured.spread();
		this.series.add(measured);
	}

	synchronized void add(Verdict verdict) {
		verdict.spread();
		this.verdicts.add(verdict);
	}

	/** Note what a reader of the figures has to know. */
	synchronized void remark(String remark) {
		System.err.println(remark);
		this.remarks.add(remark);
	}

	synchronized List<Series> series() {
		return List.copyOf(this.series);
	}

	synchronized List<Verdict> verdicts() {
		return List.copyOf(this.verdicts);
	}

	synchronized List<String> remarks() {
		return List.copyOf(this.remarks);
	}

}
