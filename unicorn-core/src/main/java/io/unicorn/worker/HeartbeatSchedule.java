package io.unicorn.worker;

import java.time.Duration;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a worker sends a heartbeat: at each interval while its figures change,
 * otherwise as seldom as the master allows, because a master of many idle workers would
 * spend most of its time on reading equal heartbeats. Not thread-safe.
 */
final class HeartbeatSchedule {

	/** Keeps the master's figures fresh, whatever the timeout is. */
	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

	/** A single late heartbeat must not make a worker look hung. */
	private static final int HEARTBEATS_PER_TIMEOUT = 5;

	private final Duration interval;

	/** The number of intervals after which an equal heartbeat is sent all the same. */
	private final long maxIntervals;

	private Message.@Nullable Heartbeat last;

	private long intervalsSinceLast;

	/**
	 * Create.
	 * @param timeout the time without a heartbeat after which the master takes a worker
	 * for hung, as this worker is configured, or zero if it never does
	 * @param maxSilence the longest time without a heartbeat that the master allows, or
	 * zero if it has not said so
	 */
	HeartbeatSchedule(Duration timeout, Duration maxSilence) {
		Duration configured = timeout.isZero() ? LONGEST_INTERVAL : timeout.dividedBy(HEARTBEATS_PER_TIMEOUT);
		Duration wanted = min(min(configured, LONGEST_INTERVAL), maxSilence.isZero() ? LONGEST_INTERVAL : maxSilence);
		this.interval = (wanted.compareTo(SHORTEST_INTERVAL) < 0) ? SHORTEST_INTERVAL : wanted;
		this.maxIntervals = Math.max(1, maxSilence.dividedBy(this.interval));
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * Return the time between two calls of {@link #isDue}.
	 */
	Duration interval() {
		return this.interval;
	}

	/**
	 * Whether to send this heartbeat. To be called once per interval. Heap usage alone is
	 * no reason to send, because it always changes.
	 */
	boolean isDue(Message.Heartbeat heartbeat) {
		this.intervalsSinceLast++;
		Message.Heartbeat before = this.last;
		if (before != null && this.intervalsSinceLast < this.maxIntervals && isSame(before, heartbeat)) {
			return false;
		}
		this.last = heartbeat;
		this.intervalsSinceLast = 0;
		return true;
	}

	/** The age of a running request changes at each interval, so it is always sent. */
	private static boolean isSame(Message.Heartbeat one, Message.Heartbeat other) {
		return one.requests() == other.requests() && one.inFlight() == other.inFlight()
				&& one.oldestRequestMillis() == other.oldestRequestMillis() && one.connections() == other.connections()
				&& one.errors() == other.errors();
	}

}
