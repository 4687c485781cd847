package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * Gives up addresses without cutting anybody off: no new connection begins, and those
 * that the kernel has accepted are taken by the workers, until none is left.
 */
final class Closing {

	/** How often the connections that wait are counted. */
	static final Duration INTERVAL = Duration.ofMillis(50);

	/**
	 * How long nothing must have been seen waiting: a handshake leaves one of the
	 * kernel's books before it stands in the other.
	 */
	static final Duration SETTLED = Duration.ofMillis(100);

	/**
	 * How long a handshake may take. After that the client is gone, or its packets were
	 * lost twice.
	 */
	static final Duration HANDSHAKE = Duration.ofSeconds(2);

	final Set<String> addresses;

	private final Instant handshakesUntil;

	private final Instant deadline;

	private Instant next;

	private @Nullable Instant emptySince;

	/** Whether new connections may still begin, because the kernel has no filter. */
	private boolean open;

	private int waiting;

	Closing(Set<String> addresses, Instant now, Duration longest) {
		this.addresses = Set.copyOf(addresses);
		this.handshakesUntil = now.plus(HANDSHAKE);
		this.deadline = now.plus(longest);
		this.next = now;
	}

	/**
	 * Take notice of how many connections wait.
	 */
	void count(Event.Waiting count, Instant now) {
		this.waiting = count.waiting() + (now.isBefore(this.handshakesUntil) ? count.handshakes() : 0);
		this.open = !count.refusing();
		if (this.waiting > 0) {
			this.emptySince = null;
		}
		else if (this.emptySince == null) {
			this.emptySince = now;
		}
	}

	/** Whether it is time to count; the next time is in an interval from now. */
	boolean isCountDue(Instant now) {
		if (now.isBefore(this.next)) {
			return false;
		}
		this.next = now.plus(INTERVAL);
		return true;
	}

	boolean isOver(Instant now) {
		// Where new ones may come at any time, a moment without any is all there is.
		Duration settled = this.open ? Duration.ZERO : SETTLED;
		return isTooLate(now) || (this.emptySince != null && !now.isBefore(this.emptySince.plus(settled)));
	}

	/** Tell of connections that are cut off: the workers did not take them in time. */
	void tellOfAbandoned(Orders orders, Instant now) {
		if (isTooLate(now) && this.waiting > 0) {
			orders.tell(Level.WARN,
					Phrases.count(this.waiting, "connection") + " that had not been accepted in time cannot be served");
		}
	}

	private boolean isTooLate(Instant now) {
		return !now.isBefore(this.deadline);
	}

	Instant due() {
		return this.next.isBefore(this.deadline) ? this.next : this.deadline;
	}

}
