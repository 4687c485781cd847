package io.unicorn.sample.testsupport.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The result of a load. Every request that was sent is either answered or one of the
 * {@link #lost()}.
 *
 * @param duration how long the load lasted
 * @param sent the requests that were sent at least in part
 * @param answered the complete responses, right or wrong
 * @param connections the connections that were made
 * @param problems how often each problem occurred, without those that did not
 * @param samples the first requests that went wrong
 * @param groups the right answers by group, see {@link LoadClient.Builder#countingBy}
 * @param p50 the median latency of the answered requests
 * @param p99 the latency that one request in a hundred exceeded
 * @param max the longest latency
 */
public record Report(Duration duration, long sent, long answered, long connections, Map<Problem, Long> problems,
		List<ProblemSample> samples, Map<String, Long> groups, Duration p50, Duration p99, Duration max) {

	static Report of(Duration duration, Tally tally, List<ProblemSample> samples) {
		LatencyHistogram latencies = tally.latencies();
		Report report = new Report(duration, tally.sentCount(), tally.answeredCount(), tally.connectionCount(),
				Map.copyOf(tally.problems()), List.copyOf(samples), tally.groups(), latencies.quantile(0.5),
				latencies.quantile(0.99), latencies.max());
		if (report.sent != report.answered + report.lost()) {
			throw new AssertionError("The load client has lost count: " + report);
		}
		return report;
	}

	/**
	 * How often a problem occurred.
	 * @param problem the problem
	 * @return the number of requests
	 */
	public long count(Problem problem) {
		return this.problems.getOrDefault(problem, 0L);
	}

	/**
	 * The requests that were sent and got no complete response.
	 * @return the number of requests
	 */
	public long lost() {
		return Problem.sum(this.problems, Problem::isLoss);
	}

	/**
	 * The requests that could not be sent for want of a connection.
	 * @return the number of requests
	 */
	public long unconnected() {
		return Problem.sum(this.problems, Problem::isWhileConnecting);
	}

	/**
	 * The responses with another status than 200.
	 * @return the number of requests
	 */
	public long not200() {
		return count(Problem.NOT_200);
	}

	/**
	 * The responses with status 200 and an unexpected body.
	 * @return the number of requests
	 */
	long wrongBodies() {
		return count(Problem.WRONG_BODY);
	}

	/**
	 * Fail unless requests were sent and each got its right answer.
	 */
	public void assertFlawless() {
		if (this.sent == 0) {
			throw new AssertionError("No request was sent: " + this);
		}
		if (!this.problems.isEmpty()) {
			throw new AssertionError("Requests went wrong: " + this);
		}
	}

	/**
	 * The counts and latencies in one line.
	 * @return the line
	 */
	public String summary() {
		double seconds = this.duration.toNanos() / 1e9;
		return "%d requests in %.1f s (%.0f/s) on %d connections: %d answered, %d lost, %d not connected, %d not 200, %d wrong bodies"
			.formatted(this.sent, seconds, this.answered / seconds, this.connections, this.answered, lost(),
					unconnected(), not200(), wrongBodies())
				+ "; latency p50 %s, p99 %s, max %s".formatted(millis(this.p50), millis(this.p99), millis(this.max));
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(summary());
		if (!this.groups.isEmpty()) {
			text.append("\n  answered by ").append(this.groups);
		}
		if (!this.problems.isEmpty()) {
			text.append("\n  problems ").append(this.problems);
		}
		this.samples.forEach((sample) -> text.append("\n    ").append(sample));
		return text.toString();
	}

	private static String millis(Duration latency) {
		return "%.1f ms".formatted(latency.toNanos() / 1e6);
	}

}
