package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollouts;

/**
 * Handles the reports of workers: heartbeats, health, readiness, requests to be replaced.
 */
final class WorkerMessages {

	private final Instant startedAt;

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Rollouts rollouts;

	private final Training training;

	private final ExclusiveResource exclusive;

	private final MainMethod mainMethod;

	private final OwnEnds ownEnds;

	private final EffectBuffer effects;

	private boolean complete;

	/**
	 * Create the handler.
	 * @param startedAt when the master has started
	 */
	WorkerMessages(Instant startedAt, Pool pool, PoolConfiguration configuration, Reconciler reconciler,
			Rollouts rollouts, Training training, ExclusiveResource exclusive, MainMethod mainMethod, OwnEnds ownEnds,
			EffectBuffer effects) {
		this.startedAt = startedAt;
		this.pool = pool;
		this.configuration = configuration;
		this.reconciler = reconciler;
		this.rollouts = rollouts;
		this.training = training;
		this.exclusive = exclusive;
		this.mainMethod = mainMethod;
		this.ownEnds = ownEnds;
		this.effects = effects;
	}

	void restore(boolean complete) {
		this.complete = complete;
	}

	/** Whether as many workers as wanted have been ready once. */
	boolean hasBeenComplete() {
		return this.complete;
	}

	void on(Worker worker, Message.FromWorker message, Instant now) {
		if (message instanceof Message.Heartbeat heartbeat) {
			this.rollouts.count(worker, heartbeat);
			worker.heard(heartbeat, now);
			this.rollouts.check(worker, now);
		}
		else if (message instanceof Message.Hello hello) {
			onHello(worker, hello, now);
		}
		else if (message instanceof Message.Booting booting) {
			worker.boot().now(booting, now);
		}
		else if (message instanceof Message.Health health) {
			worker.health(health, now);
			this.rollouts.check(worker, now);
		}
		else if (message instanceof Message.Ready) {
			onReady(worker, now);
		}
		else if (message instanceof Message.MainMethod report) {
			this.mainMethod.on(worker, report);
		}
		else if (message instanceof Message.Exiting report) {
			this.ownEnds.exiting(worker, report, now);
		}
		else if (message instanceof Message.NoPool noPool) {
			this.ownEnds.noPool(worker, noPool);
		}
		else if (message instanceof Message.Terminated report) {
			this.ownEnds.terminated(worker, report, now);
		}
		else if (message instanceof Message.Retire retire) {
			if (worker.isActive() && worker.retirement() == null) {
				worker.retire(retire);
				log(worker, Level.INFO, "retiring: " + retire.detail(), now);
			}
		}
		else if (message instanceof Message.Drained drained && drained.connectionsLeft() > 0) {
			log(worker, Level.WARN, "closed " + LogFormat.count(drained.connectionsLeft(), "connection")
					+ " that had not ended when its graceful-timeout was over", now);
		}
	}

	/**
	 * Whether a worker asks for a change of the pool although no endpoint of its
	 * application may: the application, or an attacker in it, asks by itself. No worker
	 * may ask for a stop or for another master.
	 */
	boolean isRefused(Worker worker, Message.Request request, Instant now) {
		boolean refused = request instanceof Message.StopRequest || request instanceof Message.UpgradeRequest
				|| !worker.settings().rollout().requestable();
		if (refused) {
			log(worker, Level.WARN, "may not steer the pool, its request is refused; the endpoint unicorn "
					+ "must be exposed and its access be unrestricted when the workers are launched", now);
		}
		return refused;
	}

	/** Log that a worker asks faster than it reads the answers. */
	void on(Event.RepliesDropped event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker != null) {
			log(worker, Level.WARN, "has read its answers too slowly, " + LogFormat.count(event.count(), "answer")
					+ " to queries were dropped", now);
		}
	}

	/** Log a line that a worker causes, unless it causes too many. */
	private void log(Worker worker, Level level, String what, Instant now) {
		int left = worker.lines().take(now);
		if (left >= 0) {
			this.effects.log(level, worker + " " + what
					+ ((left == 0) ? " (further lines about messages of this worker are left out for a minute)" : ""));
		}
	}

	/** Log if a worker reads other settings: a roll-out brings them to all workers. */
	private void onHello(Worker worker, Message.Hello hello, Instant now) {
		try {
			// Only the bootstrap knows whether the directory for dumps can be used.
			PoolSettings found = PoolSettings.of(hello.configuration()).withDumpDir(worker.settings().dumpDir());
			if (!found.equals(worker.settings())) {
				log(worker, Level.WARN, "has found a changed configuration of unicorn.*; "
						+ "it comes into force with the next roll-out (SIGHUP)", now);
			}
		}
		catch (IllegalArgumentException ex) {
			log(worker, Level.WARN, "reports a configuration that is ignored: " + WorkerText.phrase(ex.getMessage()),
					now);
		}
	}

	private void onReady(Worker worker, Instant now) {
		if (!worker.is(WorkerState.BOOTING)) {
			return;
		}
		worker.ready(now);
		this.reconciler.workerReady(worker);
		this.exclusive.ready(worker);
		this.mainMethod.ready(worker, now);
		this.effects.log(Level.INFO,
				worker + " ready in " + LogFormat.millis(Duration.between(worker.spawnedAt(), now)));
		this.rollouts.ready(worker, now);
		this.training.ready(worker);
		if (!this.complete && this.pool.ready() >= this.configuration.target()) {
			this.complete = true;
			this.effects.log(Level.INFO, "pool is complete: " + LogFormat.workers(this.pool.ready()) + " ready after "
					+ LogFormat.rough(Duration.between(this.startedAt, now)));
		}
	}

}
