package io.unicorn.master.arbiter.rollout;

import java.time.Instant;

import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollout.Phase;

/**
 * Takes a failed roll-out back: the canary is withdrawn, or, if workers were replaced,
 * the generation before comes into force again.
 */
final class RollBack {

	private final Pool pool;

	private final Reconciler reconciler;

	private final PoolConfiguration configuration;

	private final EffectBuffer effects;

	private final Termination termination;

	private final AddressRetirement addresses;

	RollBack(Pool pool, Reconciler reconciler, PoolConfiguration configuration, EffectBuffer effects,
			Termination termination, AddressRetirement addresses) {
		this.pool = pool;
		this.reconciler = reconciler;
		this.configuration = configuration;
		this.effects = effects;
		this.termination = termination;
		this.addresses = addresses;
	}

	/**
	 * Begin the roll-back.
	 * @param worker the id of the worker that has failed, 0 for none
	 * @return whether it is complete
	 */
	boolean begin(Rollout rollout, String reason, long worker, Instant now) {
		boolean replaced = rollout.phase().hasReplaced();
		rollout.fail(reason, worker);
		rollout.enter(Phase.ROLLING_BACK, now);
		if (replaced) {
			this.addresses.cancel(rollout.from());
			this.reconciler.accept(rollout.from());
			this.configuration.rollBack(rollout.from());
			rollout.log(this.effects, Level.ERROR,
					"failed: " + reason + ". The pool goes back to generation " + rollout.from(), now);
			abortBooting(rollout.to(), now);
			return false;
		}
		rollout.log(this.effects, Level.ERROR,
				"failed: " + reason + ". The pool stays on generation " + rollout.from() + ", no worker was replaced",
				now);
		abortBooting(rollout.to(), now);
		return withdrawCanary(rollout, now);
	}

	/**
	 * Continue the roll-back.
	 * @param requested whether another roll-out waits
	 * @return whether it is complete
	 */
	boolean advance(Rollout rollout, boolean requested, Instant now) {
		if (this.reconciler.hasCanary()) {
			return withdrawCanary(rollout, now);
		}
		if (this.reconciler.isUpToDate(this.configuration.target())) {
			rollout.log(this.effects, Level.INFO, "rolled back: " + LogFormat.workers(this.pool.ready())
					+ " of generation " + rollout.from() + " serve", now);
			return true;
		}
		if (requested && this.reconciler.isFailing()) {
			// A repaired version must not wait for a version that does not boot.
			rollout.log(this.effects, Level.WARN, "roll-back given up: generation " + rollout.from()
					+ " does not boot, and another roll-out is requested", now);
			return true;
		}
		return false;
	}

	/**
	 * Note that a worker of the new generation has failed or exited.
	 * @return whether the roll-back is complete
	 */
	boolean lost(Rollout rollout, Instant now) {
		return this.reconciler.hasCanary() && withdrawCanary(rollout, now);
	}

	private void abortBooting(int generation, Instant now) {
		for (Worker worker : this.pool.all()) {
			if (worker.generation() == generation && worker.is(WorkerState.BOOTING)) {
				this.termination.abort(worker, ExitReason.ROLLED_BACK, now);
			}
		}
	}

	/** Drain the canary if the backlog of its addresses is drained. */
	private boolean withdrawCanary(Rollout rollout, Instant now) {
		Worker canary = this.pool
			.oldest((worker) -> worker.generation() == rollout.to() && worker.is(WorkerState.READY))
			.orElse(null);
		if (canary != null && !this.addresses.mayLeave(canary, rollout, now)) {
			return false;
		}
		this.reconciler.dropCanary();
		if (canary != null) {
			this.termination.drain(canary, ExitReason.ROLLED_BACK, canary.settings().gracefulTimeout(), now);
		}
		return true;
	}

}
