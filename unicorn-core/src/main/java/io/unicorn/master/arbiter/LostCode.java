package io.unicorn.master.arbiter;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.unicorn.master.arbiter.pool.Backoff;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.PendingRespawn;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.rollout.Rollouts;

/**
 * Decides what follows when the code of a generation is gone from the disk: no worker of
 * it is started until the code was made again. If other code has taken its place by then,
 * that is rolled out, because a missing worker can be replaced in no other way.
 */
final class LostCode {

	private static final class Loss {

		boolean restoring;

		int failures;

		Instant retryAt = Instant.MAX;

		/** The code that was rolled out instead. */
		String rolledOut = "";

		/** What the operator was told last. */
		String told = "";

	}

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Backoff backoff;

	private final Rollouts rollouts;

	private final Shutdown shutdown;

	private final EffectBuffer effects;

	private final Map<Integer, Loss> losses = new TreeMap<>();

	LostCode(Pool pool, PoolConfiguration configuration, Reconciler reconciler, Backoff backoff, Rollouts rollouts,
			Shutdown shutdown, EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.reconciler = reconciler;
		this.backoff = backoff;
		this.rollouts = rollouts;
		this.shutdown = shutdown;
		this.effects = effects;
	}

	/** Take back the start of the worker, and let the code be made again. */
	void on(Event.CodeLost event, Instant now) {
		Worker worker = this.pool.find(event.worker());
		if (worker != null) {
			this.pool.remove(worker);
			if (!worker.isReplacement() && worker.earlierCrashes() > 0) {
				this.reconciler.scheduleRespawn(new PendingRespawn(worker.earlierCrashes(), now));
			}
		}
		if (!this.losses.containsKey(event.generation())) {
			Loss loss = new Loss();
			this.losses.put(event.generation(), loss);
			this.reconciler.hold(event.generation());
			restore(event.generation(), loss);
		}
	}

	private void restore(int generation, Loss loss) {
		loss.restoring = true;
		loss.retryAt = Instant.MAX;
		this.effects.add(new Effect.RestoreCode(generation));
	}

	void on(Event.CodeRestored event) {
		forgetGenerations();
		if (this.losses.remove(event.generation()) != null) {
			this.reconciler.release(event.generation());
			this.effects.log(Level.WARN, "the code of " + name(event.generation())
					+ " was deleted or damaged; it is made again, of a file with the same content");
		}
	}

	void on(Event.CodeNotRestored event, Instant now) {
		forgetGenerations();
		Loss loss = this.losses.get(event.generation());
		if (loss == null) {
			return;
		}
		loss.restoring = false;
		loss.retryAt = now.plus(this.backoff.delay(++loss.failures + 1, Backoff.CAP));
		String gone = "the code of " + name(event.generation()) + " was deleted or damaged, and cannot be made again: "
				+ event.cause();
		if (!this.reconciler.hasEverBeenReady()) {
			this.effects.log(Level.ERROR, gone + "; no worker is running, the master stops");
			this.shutdown.giveUp(WorkerFailures.BOOT_FAILED, this.configuration.settings(), now);
		}
		else if (!this.rollouts.codeLost(event.generation(), gone, now)) {
			replace(event, loss, gone);
		}
	}

	private void replace(Event.CodeNotRestored event, Loss loss, String gone) {
		String serving = "; " + LogFormat.workers(this.pool.ready()) + " of " + this.configuration.target()
				+ " serve on, and ";
		if (event.found().isEmpty()) {
			tell(loss, gone + serving + "none is started until the file is back or other code is rolled out");
		}
		else if (this.rollouts.isRollingBack()) {
			tell(loss, gone + serving + "the pool cannot go back to it; roll out code that works");
		}
		else if (!this.rollouts.isRunning() && this.rollouts.requested() == null) {
			if (event.found().equals(loss.rolledOut)) {
				tell(loss, gone + serving + "none is started, because the other code has failed; roll out code that "
						+ "works");
			}
			else {
				loss.rolledOut = event.found();
				this.effects.log(Level.WARN, gone + serving + "the code that is there now is rolled out");
				var unused = this.rollouts.request("the code of generation " + event.generation() + " is gone");
			}
		}
	}

	private void tell(Loss loss, String what) {
		if (!loss.told.equals(what)) {
			loss.told = what;
			this.effects.log(Level.ERROR, what);
		}
	}

	private String name(int generation) {
		return "generation " + generation + " (" + this.configuration.of(generation).code() + ")";
	}

	/** Try again to make code whose time has come. */
	void advance(Instant now) {
		forgetGenerations();
		this.losses.forEach((generation, loss) -> {
			if (!loss.restoring && !now.isBefore(loss.retryAt)) {
				restore(generation, loss);
			}
		});
	}

	private void forgetGenerations() {
		Set<Integer> forgotten = new HashSet<>(this.losses.keySet());
		forgotten.removeAll(this.configuration.generations());
		forgotten.forEach(this.losses::remove);
		forgotten.forEach(this.reconciler::release);
	}

	/** Return when {@link #advance} may have something to do without an event. */
	Stream<Instant> deadlines() {
		return this.losses.values().stream().map((loss) -> loss.retryAt);
	}

}
