package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Computes how long the successor of a crashed worker waits. After the first crash it
 * starts at once; each further crash doubles the wait, so that a crash loop costs little
 * processor time. Jitter keeps several crash loops from running in step.
 */
public final class Backoff {

	/** A crash of a worker that was ready for this long counts as the first. */
	static final Duration QUIET = Duration.ofMinutes(1);

	static final Duration FIRST = Duration.ofMillis(500);

	public static final Duration CAP = Duration.ofSeconds(30);

	/**
	 * The longest wait where another attempt hardly ever helps: the slot has never been
	 * ready while other workers serve.
	 */
	public static final Duration LONG_CAP = Duration.ofMinutes(5);

	private final RandomGenerator random;

	public Backoff(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * Return how long to wait after the given number of crashes in a row, at least 1.
	 * @param longest {@link #CAP} or {@link #LONG_CAP}
	 */
	public Duration delay(int crashes, Duration longest) {
		if (crashes < 2) {
			return Duration.ZERO;
		}
		long full = Math.min(longest.toMillis(), FIRST.toMillis() << Math.min(crashes - 2, 16));
		return Duration.ofMillis(full / 2 + this.random.nextLong(full / 2 + 1));
	}

}
