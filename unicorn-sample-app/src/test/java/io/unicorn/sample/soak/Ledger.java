package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

import io.unicorn.sample.testsupport.load.LatencyHistogram;
import io.unicorn.sample.testsupport.load.Problem;

/**
 * Counts the results of all requests of one client or of many. A request counts as sent
 * as soon as the server has accepted the connection for it. Not thread-safe.
 */
final class Ledger {

	private final Map<Problem, Long> problems = new EnumMap<>(Problem.class);

	private final Map<Phase, LatencyHistogram> latencies = new EnumMap<>(Phase.class);

	private long connections;

	private long sent;

	private long right;

	private long deferred;

	void connected() {
		this.connections++;
	}

	void sent(int requests) {
		this.sent += requests;
	}

	void right(Phase phase, long nanos) {
		this.right++;
		this.latencies.computeIfAbsent(phase, (key) -> new LatencyHistogram()).record(nanos);
	}

	/** The server has declared that it did not process a request. */
	void deferred() {
		this.deferred++;
	}

	void failed(Problem problem) {
		this.problems.merge(problem, 1L, Long::sum);
	}

	void add(Ledger other) {
		other.problems.forEach((problem, count) -> this.problems.merge(problem, count, Long::sum));
		other.latencies
			.forEach((phase, more) -> this.latencies.computeIfAbsent(phase, (key) -> new LatencyHistogram()).add(more));
		this.connections += other.connections;
		this.sent += other.sent;
		this.right += other.right;
		this.deferred += other.deferred;
	}

	long connectionCount() {
		return this.connections;
	}

	long sentCount() {
		return this.sent;
	}

	long rightCount() {
		return this.right;
	}

	long deferredCount() {
		return this.deferred;
	}

	/** Complete answers that are not the right ones. */
	long wrong() {
		return Problem.sum(this.problems, (problem) -> !problem.isLoss() && !problem.isWhileConnecting());
	}

	/** Requests without a complete answer, on connections that were accepted. */
	long lost() {
		return Problem.sum(this.problems, Problem::isLoss);
	}

	/** Requests that could not be sent for want of a connection. */
	long refused() {
		return Problem.sum(this.problems, Problem::isWhileConnecting);
	}

	Map<Problem, Long> problems() {
		return this.problems;
	}

	/** How many right answers belong to a phase. */
	long count(Phase phase) {
		return histogram(phase).total();
	}

	/** A quantile of the latencies of right answers in a phase. */
	Duration latency(Phase phase, double share) {
		return histogram(phase).quantile(share);
	}

	private LatencyHistogram histogram(Phase phase) {
		return this.latencies.getOrDefault(phase, new LatencyHistogram());
	}

	/** Fail unless each request that was sent has exactly one result. */
	void requireBalance() {
		if (this.sent != this.right + this.deferred + wrong() + lost()) {
			throw new AssertionError("The clients have lost count: " + this);
		}
	}

	@Override
	public String toString() {
		return "%d sent on %d connections: %d right, %d wrong, %d lost, %d deferred; %d refused %s".formatted(this.sent,
				this.connections, this.right, wrong(), lost(), this.deferred, refused(), this.problems);
	}

}
