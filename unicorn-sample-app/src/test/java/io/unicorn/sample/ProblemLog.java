package io.unicorn.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the first requests that went wrong, of all clients. Thread-safe.
 */
final class ProblemLog {

	private final int limit;

	private final long startNanos = System.nanoTime();

	private final List<ProblemSample> samples = new ArrayList<>();

	ProblemLog(int limit) {
		this.limit = limit;
	}

	synchronized void add(String client, LoadRequest request, Problem problem, String detail, int answeredBefore,
			Duration sinceLastAnswer) {
		if (this.samples.size() < this.limit) {
			Duration at = Duration.ofNanos(System.nanoTime() - this.startNanos);
			this.samples.add(new ProblemSample(at, client, request.toString(), problem, detail, answeredBefore,
					sinceLastAnswer));
		}
	}

	synchronized List<ProblemSample> samples() {
		return List.copyOf(this.samples);
	}

}
