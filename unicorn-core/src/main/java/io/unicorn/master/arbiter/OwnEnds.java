package io.unicorn.master.arbiter;

import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollouts;

/**
 * Decides what follows when the application ends its process of its own accord: the pool
 * does what the one process would have done, and ends with the same exit code. A crash is
 * no such end. New code that ends itself fails its roll-out, and a replacement that does
 * so while it boots has failed to boot, because others serve.
 */
final class OwnEnds {

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Rollouts rollouts;

	private final Upgrade upgrade;

	private final Shutdown shutdown;

	private final Termination termination;

	private final WorkerFailures failures;

	private final EffectBuffer effects;

	OwnEnds(PoolConfiguration configuration, Reconciler reconciler, Rollouts rollouts, Upgrade upgrade,
			Shutdown shutdown, Termination termination, WorkerFailures failures, EffectBuffer effects) {
		this.configuration = configuration;
		this.reconciler = reconciler;
		this.rollouts = rollouts;
		this.upgrade = upgrade;
		this.shutdown = shutdown;
		this.termination = termination;
		this.failures = failures;
		this.effects = effects;
	}

	/**
	 * Handle the report of a worker that its application ends the process. If all threads
	 * have ended, only the exit code tells an end from a failure.
	 */
	void exiting(Worker worker, Message.Exiting report, Instant now) {
		this.effects.send(worker, new Message.Noted(report.query()));
		if (this.shutdown.isUnderWay() || !worker.isActive()) {
			return;
		}
		worker.exiting(report);
		if (!report.called() || !worker.is(WorkerState.READY)) {
			return;
		}
		if (this.rollouts.isObserved(worker.generation())) {
			this.termination.letGo(worker, ExitReason.ENDED, now.plus(worker.settings().gracefulTimeout()));
			this.failures.lost(worker, false, "has ended itself, its application has called System.exit", now);
			return;
		}
		this.effects.log(Level.INFO, worker + " has ended itself, its application has called System.exit");
		abort(now);
		this.shutdown.follow(worker, this.configuration.settings(), this.configuration.addresses(), now);
	}

	/**
	 * Handle the report of a worker that it has got TERM. It serves on for a moment, in
	 * which this master may get TERM, too.
	 */
	void terminated(Worker worker, Message.Terminated report, Instant now) {
		this.effects.send(worker, new Message.Noted(report.query()));
		worker.terminated(now);
	}

	/**
	 * Handle the report of a worker that its application cannot run as a pool. Once a
	 * worker has been ready, it can.
	 */
	void noPool(Worker worker, Message.NoPool report) {
		if (worker.is(WorkerState.BOOTING) && !this.reconciler.hasEverBeenReady()) {
			this.shutdown.obstacle(report.obstacle());
		}
	}

	/**
	 * Handle the exit of a worker that served or booted.
	 * @param line what has happened, for the log, without the subject
	 */
	void exited(Worker worker, String line, Event.Exited exit, Instant now) {
		Message.Exiting report = worker.exiting();
		boolean own = report != null && (report.called() || exit.code() == 0);
		if (!own || this.rollouts.isObserved(worker.generation())) {
			this.failures.exited(worker, line, exit, now);
		}
		else if (worker.is(WorkerState.BOOTING) && !this.reconciler.hasEverBeenReady()) {
			this.effects.log(Level.INFO, worker + " " + line + "; " + (this.shutdown.hasObstacle()
					? "the application cannot run as a pool" : "its application has ended itself, the master stops"));
			this.shutdown.giveUp(exit.code(), this.configuration.settings(), now);
		}
		else if (worker.is(WorkerState.READY)) {
			this.effects.log(Level.INFO, worker + " " + line + "; its application has ended itself");
			abort(now);
			this.shutdown.follow(exit.code(), this.configuration.settings(), this.configuration.addresses(), now);
		}
		else {
			this.failures.exited(worker, line, exit, now);
		}
	}

	private void abort(Instant now) {
		this.upgrade.abort();
		this.rollouts.abort("the application has ended itself", now);
	}

}
