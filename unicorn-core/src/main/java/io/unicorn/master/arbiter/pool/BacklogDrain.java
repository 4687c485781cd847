package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import io.unicorn.master.arbiter.pool.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the backlog of addresses that are given up: new connections are blocked, and the
 * drain is over when workers have accepted all connections that wait. Not thread-safe.
 */
public final class BacklogDrain {

	/** How often the backlog is counted. */
	static final Duration INTERVAL = Duration.ofMillis(50);

	/**
	 * How long the backlog must have been empty: between handshake and accept queue, the
	 * kernel counts a connection in neither for a moment.
	 */
	public static final Duration SETTLED = Duration.ofMillis(100);

	/**
	 * How long a handshake may take; after that, the client has left or its packets were
	 * lost twice.
	 */
	static final Duration HANDSHAKE = Duration.ofSeconds(2);

	private final Set<String> addresses;

	private final Instant handshakesUntil;

	private final Instant deadline;

	private Instant next;

	private @Nullable Instant emptySince;

	/** Whether new connections still arrive, because the kernel has no filter. */
	private boolean open;

	private int connections;

	/**
	 * Begin a drain.
	 * @param addresses the keys of the addresses
	 * @param longest when to end it though connections wait
	 */
	public BacklogDrain(Set<String> addresses, Instant now, Duration longest) {
		this.addresses = Set.copyOf(addresses);
		this.handshakesUntil = now.plus(HANDSHAKE);
		this.deadline = now.plus(longest);
		this.next = now;
	}

	/** Return the keys of the addresses. */
	public Set<String> addresses() {
		return this.addresses;
	}

	/**
	 * Note how many connections wait.
	 */
	public void count(Event.BacklogCounted count, Instant now) {
		this.connections = count.connections() + (now.isBefore(this.handshakesUntil) ? count.handshakes() : 0);
		this.open = !count.blocked();
		if (this.connections > 0) {
			this.emptySince = null;
		}
		else if (this.emptySince == null) {
			this.emptySince = now;
		}
	}

	/**
	 * Whether the backlog is to be counted now; the next count is due an interval later.
	 */
	public boolean isCountDue(Instant now) {
		if (now.isBefore(this.next)) {
			return false;
		}
		this.next = now.plus(INTERVAL);
		return true;
	}

	/** Whether the backlog is empty, or the time is over. */
	public boolean isOver(Instant now) {
		// Where new connections arrive all the time, one empty count has to do.
		Duration settled = this.open ? Duration.ZERO : SETTLED;
		return isTooLate(now) || (this.emptySince != null && !now.isBefore(this.emptySince.plus(settled)));
	}

	/** Log connections that workers did not accept in time and that will be closed. */
	public void logAbandoned(EffectBuffer effects, Instant now) {
		if (isTooLate(now) && this.connections > 0) {
			effects.log(Level.WARN, LogFormat.count(this.connections, "connection")
					+ " that had not been accepted in time cannot be served");
		}
	}

	private boolean isTooLate(Instant now) {
		return !now.isBefore(this.deadline);
	}

	/** Return when the backlog is to be counted next, or the drain ends. */
	public Instant due() {
		return this.next.isBefore(this.deadline) ? this.next : this.deadline;
	}

}
