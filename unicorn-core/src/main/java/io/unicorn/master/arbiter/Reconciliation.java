package io.unicorn.master.arbiter;

import java.time.Instant;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.rollout.Rollouts;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of the reconciler until none is left: starts, drains and aborts
 * workers.
 */
final class Reconciliation {

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Rollouts rollouts;

	private final Termination termination;

	private final MainMethod mainMethod;

	private final EffectBuffer effects;

	private long lastWorker;

	Reconciliation(Pool pool, PoolConfiguration configuration, Reconciler reconciler, Rollouts rollouts,
			Termination termination, MainMethod mainMethod, EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.reconciler = reconciler;
		this.rollouts = rollouts;
		this.termination = termination;
		this.mainMethod = mainMethod;
		this.effects = effects;
	}

	/** Restore the highest id of a worker. */
	void restore(long lastWorker) {
		this.lastWorker = lastWorker;
	}

	/** Return the highest id of a worker. */
	long lastWorker() {
		return this.lastWorker;
	}

	void run(Instant now) {
		Reconciler.Step step = next(now);
		while (step != null) {
			perform(step, now);
			step = next(now);
		}
	}

	private Reconciler.@Nullable Step next(Instant now) {
		Reconciler.Step step = this.reconciler.next(this.mainMethod.limit(this.configuration.target()),
				this.configuration.settings().rollout(), now);
		boolean tooEarly = step instanceof Reconciler.Drain drain && !this.rollouts.mayLeave(drain.worker(), now);
		return tooEarly ? null : step;
	}

	private void perform(Reconciler.Step step, Instant now) {
		if (step instanceof Reconciler.Start start) {
			start(start, now);
		}
		else if (step instanceof Reconciler.Drain drain) {
			Worker worker = drain.worker();
			this.termination.drain(worker, reason(drain), worker.settings().gracefulTimeout(), now);
		}
		else if (step instanceof Reconciler.Abort abort) {
			Worker worker = abort.worker();
			this.termination.abort(worker, ExitReason.SCALED_DOWN, now);
		}
	}

	private void start(Reconciler.Start start, Instant now) {
		PoolSpec spec = this.configuration.of(start.generation());
		boolean exclusive = !spec.exclusiveFlags().isEmpty() && this.pool.stream().noneMatch(Worker::isExclusive);
		Worker worker = new Worker(++this.lastWorker, this.pool.freeIndex(), start.generation(), spec.settings(),
				start.replacement(), exclusive, start.crashes(), now, initialization(start.generation()));
		this.pool.add(worker);
		this.effects.add(new Effect.Spawn(worker.id(), worker.index(), worker.generation(), worker.isExclusive()));
	}

	/**
	 * Return what the worker that is started now initializes. It boots alone, or as the
	 * canary, so what it initializes is there when the next one boots.
	 */
	private Initialization initialization(int generation) {
		if (!this.reconciler.hasEverBeenReady()) {
			return Initialization.START;
		}
		return this.rollouts.awaitsCanary(generation) ? Initialization.ROLL_OUT : Initialization.NOTHING;
	}

	private String reason(Reconciler.Drain drain) {
		if (!drain.superseded()) {
			return ExitReason.SCALED_DOWN;
		}
		Message.Retire retirement = drain.worker().retirement();
		return (retirement != null) ? retirement.reason() : this.rollouts.reason();
	}

}
