package io.unicorn.worker;

import java.time.Duration;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * When a worker sends its heartbeats: at each beat as long as there is something new to
 * say, and otherwise as seldom as its master allows. A master of many idle workers would
 * spend most of its time on reading the same again. Not thread-safe.
 */
final class Rhythm {

	/**
	 * As long as there is news, it comes at least this often, so that the master's
	 * figures are fresh.
	 */
	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

	/** Heartbeats per timeout: one that is late does not make a worker hung. */
	private static final int HEARTBEATS_PER_TIMEOUT = 5;

	private final Duration interval;

	/** How many beats there are in the longest silence. */
	private final long beatsPerSilence;

	private Message.@Nullable Heartbeat last;

	private long beatsSince;

	/**
	 * Create.
	 * @param timeout the silence after which this worker believes to be taken for hung,
	 * or zero
	 * @param silence the longest silence that the master allows, or zero if it has not
	 * said so
	 */
	Rhythm(Duration timeout, Duration silence) {
		Duration own = timeout.isZero() ? LONGEST_INTERVAL : timeout.dividedBy(HEARTBEATS_PER_TIMEOUT);
		Duration wanted = min(min(own, LONGEST_INTERVAL), silence.isZero() ? LONGEST_INTERVAL : silence);
		this.interval = (wanted.compareTo(SHORTEST_INTERVAL) < 0) ? SHORTEST_INTERVAL : wanted;
		this.beatsPerSilence = Math.max(1, silence.dividedBy(this.interval));
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * Return the time from beat to beat.
	 */
	Duration interval() {
		return this.interval;
	}

	/**
	 * Whether a heartbeat is to be sent at this beat. The heap does not count as news, it
	 * is never the same.
	 */
	boolean isDue(Message.Heartbeat heartbeat) {
		this.beatsSince++;
		Message.Heartbeat before = this.last;
		if (before != null && this.beatsSince < this.beatsPerSilence && isSame(before, heartbeat)) {
			return false;
		}
		this.last = heartbeat;
		this.beatsSince = 0;
		return true;
	}

	/** A request that is being served gets older from beat to beat, which is news. */
	private static boolean isSame(Message.Heartbeat one, Message.Heartbeat other) {
		return one.requests() == other.requests() && one.inFlight() == other.inFlight()
				&& one.oldestRequestMillis() == other.oldestRequestMillis() && one.connections() == other.connections()
				&& one.errors() == other.errors();
	}

}
