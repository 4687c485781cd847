package io.unicorn.boot.warmup;

import java.time.Duration;
import java.util.List;

/**
 * The requests of a warm-up.
 *
 * @param paths request targets, each beginning with a slash; with none there is no
 * warm-up
 * @param requests how many requests to each path
 * @param timeout how long all of them may take together
 */
public record WarmUpPlan(List<String> paths, int requests, Duration timeout) {

	/** No warm-up. */
	public static final WarmUpPlan NONE = new WarmUpPlan(List.of(), 0, Duration.ZERO);

	public WarmUpPlan {
		paths = List.copyOf(paths);
	}

	/**
	 * Return the number of requests to all paths.
	 */
	long total() {
		return (long) this.requests * this.paths.size();
	}

}
