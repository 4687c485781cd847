package io.unicorn.boot.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Decides how long a worker whose threads are all busy leaves connections to others. If
 * it never accepted then, the backlog could overflow while all workers are busy, and new
 * clients would wait for seconds; so it accepts when connections have waited for a while,
 * which no other worker has taken. Used by one thread.
 */
final class Patience {

	static final Duration WHILE = Duration.ofMillis(50);

	private boolean waiting;

	/** Since when connections wait. */
	private long since;

	/**
	 * Whether to accept now.
	 * @param room whether the server can serve one more connection at once
	 * @param arrived whether a connection waits to be accepted; asked only if there is no
	 * room
	 * @param nanoTime the present time, of {@link System#nanoTime()}
	 */
	boolean isOver(BooleanSupplier room, BooleanSupplier arrived, long nanoTime) {
		if (room.getAsBoolean()) {
			this.waiting = false;
			return true;
		}
		if (!arrived.getAsBoolean()) {
			this.waiting = false;
			return false;
		}
		if (!this.waiting) {
			this.waiting = true;
			this.since = nanoTime;
		}
		return nanoTime - this.since >= WHILE.toNanos();
	}

}
