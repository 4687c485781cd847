package io.unicorn.boot.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Decides how long a worker whose threads are all busy leaves connections to others. If
 * it never accepted then, the backlog could overflow while all workers are busy, and new
 * clients would wait for seconds; so it accepts a number of them after a while. Used by
 * one thread.
 */
final class Patience {

	static final Duration WHILE = Duration.ofMillis(50);

	static final int AT_A_TIME = 100;

	private boolean waiting;

	private long since;

	private int credit;

	/**
	 * Whether to accept now.
	 * @param room whether the server can serve one more connection at once
	 * @param nanoTime the present time, of {@link System#nanoTime()}
	 */
	boolean isOver(BooleanSupplier room, long nanoTime) {
		if (room.getAsBoolean()) {
			this.waiting = false;
			this.credit = 0;
			return true;
		}
		if (this.credit > 0) {
			this.credit--;
			return true;
		}
		if (!this.waiting) {
			this.waiting = true;
			this.since = nanoTime;
		}
		if (nanoTime - this.since < WHILE.toNanos()) {
			return false;
		}
		this.waiting = false;
		this.credit = AT_A_TIME - 1;
		return true;
	}

}
