package io.unicorn.master.event;

import java.time.Duration;
import java.time.Instant;

/**
 * A clock that starts at the time of day and then runs evenly, also when the system's
 * clock is set.
 */
public final class MonotonicClock {

	private final Instant start;

	private final long startNanos = System.nanoTime();

	public MonotonicClock() {
		this.start = Instant.now();
	}

	/**
	 * Continue another clock.
	 * @param last a time that it showed
	 */
	public MonotonicClock(Instant last) {
		Instant now = Instant.now();
		this.start = now.isAfter(last) ? now : last;
	}

	public Instant now() {
		return this.start.plusNanos(System.nanoTime() - this.startNanos);
	}

	/**
	 * Return how long it is until the given instant, in nanoseconds, at least 0.
	 */
	public long nanosUntil(Instant instant) {
		if (instant.equals(Instant.MAX)) {
			return Long.MAX_VALUE;
		}
		return Math.max(0, Duration.between(now(), instant).toNanos());
	}

}
