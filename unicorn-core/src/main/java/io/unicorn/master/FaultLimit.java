package io.unicorn.master;

import java.time.Duration;

/**
 * Decides when the master is executed again, because of errors that a fresh program may
 * not have: several within a minute, and not again soon if that was not possible. Not
 * thread-safe.
 */
final class FaultLimit {

	/** So many faults within a {@link #PERIOD} are too many. */
	static final int MOST = 5;

	static final Duration PERIOD = Duration.ofMinutes(1);

	/** The time between two attempts. */
	static final Duration RETRY = Duration.ofSeconds(10);

	/** When the latest faults were, in a ring; made beforehand. */
	private final long[] times = new long[MOST];

	private long count;

	private boolean attempted;

	private long lastAttempt;

	void count(long nowNanos) {
		this.times[(int) (this.count % MOST)] = nowNanos;
		this.count++;
	}

	/** Return whether to try it now. An answer yes counts as an attempt. */
	boolean isRestartDue(long nowNanos) {
		if (this.count < MOST || nowNanos - this.times[(int) (this.count % MOST)] > PERIOD.toNanos()
				|| (this.attempted && nowNanos - this.lastAttempt < RETRY.toNanos())) {
			return false;
		}
		this.attempted = true;
		this.lastAttempt = nowNanos;
		return true;
	}

}
