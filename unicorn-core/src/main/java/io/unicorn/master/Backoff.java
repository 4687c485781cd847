package io.unicorn.master;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a crashed worker's successor waits. The first crash is answered at once; each
 * further one doubles the wait, so that a crash loop costs little, and jitter keeps
 * several loops from running in step.
 */
final class Backoff {

	/** A worker that was ready this long before it crashed starts a new count. */
	static final Duration QUIET = Duration.ofMinutes(1);

	static final Duration FIRST = Duration.ofMillis(500);

	static final Duration CAP = Duration.ofSeconds(30);

	private final RandomGenerator random;

	Backoff(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * Return how long to wait after the given number of crashes in a row, at least 1.
	 */
	Duration delay(int crashes) {
		if (crashes < 2) {
			return Duration.ZERO;
		}
		long full = Math.min(CAP.toMillis(), FIRST.toMillis() << Math.min(crashes - 2, 16));
		return Duration.ofMillis(full / 2 + this.random.nextLong(full / 2 + 1));
	}

}
