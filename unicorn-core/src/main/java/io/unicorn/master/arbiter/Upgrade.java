package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.rollout.Rollouts;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the master itself. An upgrade and a roll-out are never under way at the same
 * time, so that the state to hand over is simple: the later one waits.
 */
final class Upgrade {

	private final Rollouts rollouts;

	private final Reconciler reconciler;

	private final MainMethod mainMethod;

	private final Hooks hooks;

	private final EffectBuffer effects;

	private boolean wanted;

	private @Nullable Instant startedAt;

	private boolean cancelled;

	Upgrade(Rollouts rollouts, Reconciler reconciler, MainMethod mainMethod, Hooks hooks, EffectBuffer effects) {
		this.rollouts = rollouts;
		this.reconciler = reconciler;
		this.mainMethod = mainMethod;
		this.hooks = hooks;
		this.effects = effects;
	}

	void request(String trigger) {
		if (!isPossible() && this.startedAt == null) {
			this.effects.log(Level.INFO,
					"replacement of the master requested (" + trigger + "), it follows when the "
							+ (this.rollouts.isRunning() ? "roll-out is done"
									: this.hooks.arePending() ? "hook that runs has ended" : "first worker is ready"));
		}
		this.wanted = true;
	}

	private boolean isPossible() {
		return !this.rollouts.isRunning() && this.reconciler.hasEverBeenReady() && !this.mainMethod.isAwaited()
				&& !this.hooks.arePending();
	}

	boolean isUnderWay() {
		return this.startedAt != null;
	}

	/**
	 * Begin a requested upgrade when it is possible, and cancel one that takes too long.
	 */
	void advance(PoolSettings settings, Instant now) {
		if (this.startedAt == null && this.wanted && isPossible()) {
			this.wanted = false;
			this.cancelled = false;
			this.startedAt = now;
			this.rollouts.hold(true);
			this.effects.log(Level.INFO, "replacing the master, workers serve on");
			this.effects.add(new Effect.Upgrade());
		}
		else if (!this.cancelled && !now.isBefore(deadline(settings))) {
			this.cancelled = true;
			this.effects.add(new Effect.CancelUpgrade());
		}
	}

	/** Note that the upgrade has failed, and let roll-outs begin again. */
	void failed(Event.UpgradeFailed event) {
		if (this.startedAt != null) {
			this.startedAt = null;
			this.rollouts.hold(false);
			this.effects.log(Level.ERROR, "the master was not replaced and goes on: " + event.cause());
		}
	}

	/** Cancel the upgrade, because the master stops. */
	void abort() {
		this.wanted = false;
		if (this.startedAt != null && !this.cancelled) {
			this.cancelled = true;
			this.effects.add(new Effect.CancelUpgrade());
		}
	}

	/** Return when {@link #advance} may have something to do without an event. */
	Stream<Instant> deadlines(PoolSettings settings) {
		return this.cancelled ? Stream.empty() : Stream.of(deadline(settings));
	}

	private Instant deadline(PoolSettings settings) {
		Duration timeout = settings.bootTimeout();
		return (this.startedAt == null || timeout.isZero()) ? Instant.MAX : this.startedAt.plus(timeout);
	}

}
