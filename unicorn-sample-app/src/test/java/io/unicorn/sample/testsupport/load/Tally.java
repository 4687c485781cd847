package io.unicorn.sample.testsupport.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counts of one client. Only the client's thread writes them; others read them after
 * it has ended.
 */
final class Tally {

	private long sent;

	private long answered;

	private long connections;

	private final Map<Problem, Long> problems = new EnumMap<>(Problem.class);

	private final Map<String, Long> groups = new TreeMap<>();

	private final LatencyHistogram latencies = new LatencyHistogram();

	void connected() {
		this.connections++;
	}

	void sent() {
		this.sent++;
	}

	void answered(long nanos, String group) {
		this.answered++;
		this.latencies.record(nanos);
		if (!group.isEmpty()) {
			this.groups.merge(group, 1L, Long::sum);
		}
	}

	void failed(Problem problem) {
		this.problems.merge(problem, 1L, Long::sum);
	}

	void add(Tally other) {
		this.sent += other.sent;
		this.answered += other.answered;
		this.connections += other.connections;
		other.problems.forEach((problem, count) -> this.problems.merge(problem, count, Long::sum));
		other.groups.forEach((group, count) -> this.groups.merge(group, count, Long::sum));
		this.latencies.add(other.latencies);
	}

	long sentCount() {
		return this.sent;
	}

	long answeredCount() {
		return this.answered;
	}

	long connectionCount() {
		return this.connections;
	}

	Map<Problem, Long> problems() {
		return this.problems;
	}

	Map<String, Long> groups() {
		return this.groups;
	}

	LatencyHistogram latencies() {
		return this.latencies;
	}

}
