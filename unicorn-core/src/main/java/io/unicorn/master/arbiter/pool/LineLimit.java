package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;

/**
 * Limits the log lines that the messages of one worker cause. An honest worker causes a
 * few in its life.
 */
public final class LineLimit {

	/** How many lines there may be in a {@link #PERIOD}. */
	public static final int MOST = 20;

	static final Duration PERIOD = Duration.ofMinutes(1);

	private Instant end = Instant.MIN;

	private int left;

	/**
	 * Take a line.
	 * @return how many are left in this period; below 0 if there was none left
	 */
	public int take(Instant now) {
		if (!now.isBefore(this.end)) {
			this.end = now.plus(PERIOD);
			this.left = MOST;
		}
		this.left = Math.max(-1, this.left - 1);
		return this.left;
	}

}
