package io.unicorn.worker;

import java.time.Duration;

/**
 * Computes how long a worker waits before its next accept. The kernel wakes one blocked
 * worker for each connection, but a worker that is awake and accepts again at once takes
 * every connection that has arrived: of many that are opened at once, one worker would
 * get most and keep them. While a worker waits, the others accept. The delay grows with
 * the worker's own open connections, so workers with fewer connections accept more often,
 * and none needs to know the numbers of another. For use by one thread.
 */
public final class AcceptDelay {

	/** Longer than a busy machine takes to wake most of the other workers. */
	private static final Duration BASE = Duration.ofMillis(2);

	private static final Duration PER_CONNECTION = Duration.ofNanos(100_000);

	private static final Duration LONGEST = Duration.ofMillis(4);

	/** To wait for less takes more processor time than it brings. */
	private static final Duration SHORTEST = Duration.ofNanos(100_000);

	/** The number of recent accepts falls to 1/e in this time. */
	private static final Duration DECAY = Duration.ofMillis(500);

	/**
	 * With more recent accepts, delays shrink in proportion, so that they take 32 times 4
	 * ms out of 500 ms at most.
	 */
	private static final int FULLY_DELAYED = 32;

	private final Duration longest;

	private double recentAccepts;

	private long lastAccept;

	private AcceptDelay(Duration longest) {
		this.longest = longest;
	}

	/**
	 * Return the delay of a worker that shares its listener with others.
	 */
	public static AcceptDelay spreading() {
		return new AcceptDelay(LONGEST);
	}

	/**
	 * Return a delay that is always zero.
	 */
	public static AcceptDelay none() {
		return new AcceptDelay(Duration.ZERO);
	}

	/**
	 * Count an accept, and return how long to wait before the next one. Connections that
	 * close soon need no spreading: with more recent accepts than open connections, the
	 * delay shrinks in proportion.
	 * @param open number of open connections of this worker
	 * @param nanoTime the present time, of {@link System#nanoTime()}
	 */
	public Duration afterAccept(int open, long nanoTime) {
		double age = Math.max(0, nanoTime - this.lastAccept);
		this.recentAccepts = this.recentAccepts * Math.exp(-age / DECAY.toNanos()) + 1;
		this.lastAccept = nanoTime;
		if (open == 0) {
			return Duration.ZERO;
		}
		long full = Math.min(this.longest.toNanos(), BASE.toNanos() + open * PER_CONNECTION.toNanos());
		long nanos = (long) (full * Math.min(1, Math.min(open, FULLY_DELAYED) / this.recentAccepts));
		return (nanos < SHORTEST.toNanos()) ? Duration.ZERO : Duration.ofNanos(nanos);
	}

}
