package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.master.arbiter.pool.Backoff;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.HeapDumpWait;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.PendingRespawn;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollouts;

/**
 * Decides what follows when a worker fails or its time is over: the master stops, the
 * roll-out is taken back, or a successor starts, at once or after a back-off.
 */
final class WorkerFailures {

	/**
	 * The exit code of a master whose first worker has failed to boot without an exit
	 * code of its own.
	 */
	static final int BOOT_FAILED = 3;

	/** How long the look for a heap dump may take. */
	private static final Duration LOOK = Duration.ofSeconds(2);

	/** A heap dump that has not grown in this time does not grow. */
	private static final Duration GROWTH = Duration.ofSeconds(5);

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Backoff backoff;

	private final Rollouts rollouts;

	private final Shutdown shutdown;

	private final Termination termination;

	private final ExclusiveResource exclusive;

	private final EffectBuffer effects;

	WorkerFailures(PoolConfiguration configuration, Reconciler reconciler, Backoff backoff, Rollouts rollouts,
			Shutdown shutdown, Termination termination, ExclusiveResource exclusive, EffectBuffer effects) {
		this.configuration = configuration;
		this.reconciler = reconciler;
		this.backoff = backoff;
		this.rollouts = rollouts;
		this.shutdown = shutdown;
		this.termination = termination;
		this.exclusive = exclusive;
		this.effects = effects;
	}

	/**
	 * Handle the loss of a worker that served or booted: it has exited or is condemned.
	 * @param booting whether it had not been ready
	 * @param what what has happened, without the subject
	 */
	void lost(Worker worker, boolean booting, String what, Instant now) {
		lost(worker, booting, what, BOOT_FAILED, now);
	}

	/**
	 * Handle the exit of a worker that served or booted.
	 * @param line what has happened, without the subject
	 */
	void exited(Worker worker, String line, Event.Exited exit, Instant now) {
		lost(worker, worker.is(WorkerState.BOOTING), line, (exit.code() >= 0) ? exit.code() : BOOT_FAILED, now);
	}

	private void lost(Worker worker, boolean booting, String what, int exitCode, Instant now) {
		if (this.shutdown.isUnderWay()) {
			this.effects.log(Level.WARN, worker + " " + what);
			return;
		}
		if (booting && !this.reconciler.hasEverBeenReady()) {
			String seeAbove = (worker.is(WorkerState.EXITING) || !worker.isConnected()) ? "" : "its error is above, ";
			this.effects.log(Level.ERROR, "worker failed to boot: " + worker + " " + what + "; " + seeAbove
					+ "no other worker is running, the master stops");
			this.shutdown.giveUp(exitCode, this.configuration.settings(), now);
			return;
		}
		String clue = booting ? this.exclusive.clue(worker) : null;
		String why = (clue != null) ? what + " (" + clue + ")" : what;
		if (this.rollouts.lost(worker, why, now)) {
			return;
		}
		Duration longest = booting ? this.exclusive.bootFailed(worker) : Backoff.CAP;
		if (booting && worker.isReplacement()) {
			Duration delay = this.reconciler.replacementFailed(this.backoff, longest, now);
			this.effects.log(Level.ERROR,
					worker + " " + why + "; the worker it was to replace serves on, next attempt " + when(delay));
			return;
		}
		int crashes = worker.crashesIfItCrashes(now);
		Duration delay = this.backoff.delay(crashes, longest);
		this.reconciler.scheduleRespawn(new PendingRespawn(crashes, now.plus(delay)));
		this.effects.log(Level.ERROR, worker + " " + why + "; respawning " + when(delay)
				+ ((crashes > 1) ? " (crash " + crashes + " in a row)" : ""));
	}

	/**
	 * Replace a worker that has broken the protocol, and whose connection is closed. It
	 * may end its requests.
	 */
	void misbehaved(Worker worker, String how, Instant now) {
		if (!worker.isActive()) {
			this.effects.log(Level.WARN, worker + ": its control connection is closed, " + how);
			return;
		}
		boolean booting = worker.is(WorkerState.BOOTING);
		this.termination.terminate(worker, ExitReason.MISBEHAVED, worker.settings().gracefulTimeout(), now);
		lost(worker, booting, "is told to leave and its control connection is closed, " + how, now);
	}

	private static String when(Duration delay) {
		return delay.isZero() ? "at once" : "in " + LogFormat.rough(delay);
	}

	/** Handle a worker whose time is over. */
	void on(Deadlines.Timeout timeout, Instant now) {
		Worker worker = timeout.worker();
		switch (timeout.kind()) {
			case BOOT -> condemn(worker, ExitReason.BOOT_TIMEOUT, timeout.description(), now);
			case LONG_BOOT -> this.effects.log(Level.WARN, worker + " " + timeout.description());
			case HANG -> hung(worker, timeout.description(), now);
			case CHANNEL_LOST -> {
				this.termination.terminate(worker, ExitReason.CHANNEL_LOST, worker.settings().gracefulTimeout(), now);
				if (!this.rollouts.lost(worker, timeout.description(), now)) {
					this.effects.log(Level.WARN, worker + " " + timeout.description());
				}
			}
			case TERMINATED -> terminated(worker, timeout.description(), now);
			case LEAVE -> {
				this.effects.log(Level.WARN, worker + " " + timeout.description());
				this.termination.kill(worker, worker.leaving());
			}
			case STUCK -> {
				worker.stuckAt(Instant.MAX);
				this.effects.log(Level.WARN, worker + " " + timeout.description());
				this.effects.add(worker.dumpThreads());
			}
			case DUMP -> this.termination.kill(worker, worker.leaving());
		}
	}

	/**
	 * Look for a heap dump first. A look without an answer has failed.
	 */
	private void hung(Worker worker, String what, Instant now) {
		if (worker.heapDump().asked()) {
			condemn(worker, ExitReason.HUNG, what, now);
			return;
		}
		worker.heapDump(worker.heapDump().ask(now.plus(LOOK)));
		this.effects.add(new Effect.LookForHeapDump(worker.id()));
	}

	/**
	 * Wait for a heap dump that grows: the JVM stops all threads of the application until
	 * it is written.
	 */
	void dumped(Worker worker, Event.HeapDump dump, Instant now) {
		HeapDumpWait before = worker.heapDump();
		if (!worker.is(WorkerState.READY) || !before.asked()) {
			return;
		}
		if (dump.file().isEmpty() || dump.sizeBytes() == before.sizeBytes()) {
			worker.heapDump(HeapDumpWait.NONE);
			String hung = HangDetection.check(worker, worker.settings(), now);
			condemn(worker, ExitReason.HUNG, "is hung, " + ((hung != null) ? hung : "it does not answer"), now);
			return;
		}
		worker.dumped(dump.file());
		if (before.sizeBytes() < 0) {
			this.effects.log(Level.INFO, worker + " is silent because it writes a heap dump, " + dump.file()
					+ "; it is not taken for hung while that grows");
		}
		worker.heapDump(HeapDumpWait.growing(dump.sizeBytes(), now.plus(GROWTH)));
	}

	/**
	 * Replace a worker that has got TERM. In a stop, it serves on until its turn comes.
	 */
	private void terminated(Worker worker, String what, Instant now) {
		if (this.shutdown.isUnderWay()) {
			return;
		}
		boolean booting = worker.is(WorkerState.BOOTING);
		Duration timeout = worker.settings().gracefulTimeout();
		if (booting) {
			this.termination.abort(worker, ExitReason.TERMINATED, now);
		}
		else {
			this.termination.drain(worker, ExitReason.TERMINATED, timeout, now);
		}
		if (!this.rollouts.lost(worker, what, now)) {
			this.effects.log(Level.WARN, worker + " " + what + "; a successor starts at once");
		}
	}

	private void condemn(Worker worker, String reason, String why, Instant now) {
		boolean booting = worker.is(WorkerState.BOOTING);
		this.termination.condemn(worker, reason, now);
		// The line comes before the signal, so that it stands above the thread dump.
		lost(worker, booting, why + "; killing it after its thread dump", now);
		this.termination.dump(worker);
	}

}
