package io.unicorn.sample.testsupport.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the first requests that went wrong, of all clients. Thread-safe.
 */
public final class ProblemLog {

	private final int limit;

	private final long startNanos = System.nanoTime();

	private final List<ProblemSample> samples = new ArrayList<>();

	/**
	 * Create an empty log.
	 * @param limit how many requests it keeps
	 */
	public ProblemLog(int limit) {
		this.limit = limit;
	}

	/**
	 * Keep a request that went wrong, unless there are enough.
	 * @param client which client sent it
	 * @param request the request
	 * @param problem what went wrong
	 * @param detail the exception's message, or the response
	 * @param answeredBefore how many responses had come back on the same connection
	 * @param sinceLastAnswer how long ago the last of them had
	 */
	public synchronized void add(String client, LoadRequest request, Problem problem, String detail, int answeredBefore,
			Duration sinceLastAnswer) {
		if (this.samples.size() < this.limit) {
			Duration at = Duration.ofNanos(System.nanoTime() - this.startNanos);
			this.samples.add(new ProblemSample(at, client, request.toString(), problem, detail, answeredBefore,
					sinceLastAnswer));
		}
	}

	/**
	 * What has been kept.
	 * @return the first requests that went wrong
	 */
	public synchronized List<ProblemSample> samples() {
		return List.copyOf(this.samples);
	}

}
