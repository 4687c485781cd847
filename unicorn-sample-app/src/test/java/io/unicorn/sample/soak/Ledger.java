package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

import io.unicorn.sample.LatencyHistogram;
import io.unicorn.sample.Problem;

/**
 * What became of every request of one client, or of many. A request counts as sent as
 * soon as the server has accepted the connection for it. Not thread-safe.
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

	/** The server has said in order that it did not process a request. */
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
		return sum((problem) -> !problem.isLoss() && !problem.isWhileConnecting());
	}

	/** Requests without a complete answer, on connections that were accepted. */
	long lost() {
		return sum(Problem::isLoss);
	}

	/** Requests that could not be sent for want of a connection. */
	long refused() {
		return sum(Problem::isWhileConnecting);
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

	private long sum(Predicate<Problem> kind) {
		return this.problems.entrySet()
			.stream()
			.filter((entry) -> kind.test(entry.getKey()))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

	/** Fail unless each request that was sent has come to exactly one end. */
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
