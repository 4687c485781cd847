package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.launch.PoolSettings;
import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * The replacement of the master itself. It waits until no roll-out is under way, and as
 * long as it lasts, none begins: what is handed over is simple then.
 */
final class Upgrade {

	private final Rollouts rollouts;

	private final Staffing staffing;

	private final Orders orders;

	private boolean wanted;

	private @Nullable Instant startedAt;

	private boolean cancelled;

	Upgrade(Rollouts rollouts, Staffing staffing, Orders orders) {
		this.rollouts = rollouts;
		this.staffing = staffing;
		this.orders = orders;
	}

	void request(String trigger) {
		if (!isPossible() && this.startedAt == null) {
			this.orders.tell(Level.INFO, "replacement of the master requested (" + trigger + "), it follows when the "
					+ (this.rollouts.isRunning() ? "roll-out is done" : "first worker is ready"));
		}
		this.wanted = true;
	}

	private boolean isPossible() {
		return !this.rollouts.isRunning() && this.staffing.hasEverBeenReady();
	}

	boolean isUnderWay() {
		return this.startedAt != null;
	}

	void advance(PoolSettings settings, Instant now) {
		if (this.startedAt == null && this.wanted && isPossible()) {
			this.wanted = false;
			this.cancelled = false;
			this.startedAt = now;
			this.rollouts.hold(true);
			this.orders.tell(Level.INFO, "replacing the master, workers serve on");
			this.orders.add(new Effect.Upgrade());
		}
		else if (!this.cancelled && !now.isBefore(deadline(settings))) {
			this.cancelled = true;
			this.orders.add(new Effect.CancelUpgrade());
		}
	}

	void failed(Event.UpgradeFailed event) {
		if (this.startedAt != null) {
			this.startedAt = null;
			this.rollouts.hold(false);
			this.orders.tell(Level.ERROR, "the master was not replaced and goes on: " + event.cause());
		}
	}

	/** The master stops. */
	void abort() {
		this.wanted = false;
		if (this.startedAt != null && !this.cancelled) {
			this.cancelled = true;
			this.orders.add(new Effect.CancelUpgrade());
		}
	}

	Stream<Instant> deadlines(PoolSettings settings) {
		return this.cancelled ? Stream.empty() : Stream.of(deadline(settings));
	}

	private Instant deadline(PoolSettings settings) {
		Duration timeout = settings.bootTimeout();
		return (this.startedAt == null || timeout.isZero()) ? Instant.MAX : this.startedAt.plus(timeout);
	}

}
