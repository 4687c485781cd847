package io.unicorn.master.arbiter;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.Message.Result;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollouts;

/**
 * Does what signals, commands and endpoints ask for: a roll-out, another number of
 * workers, the replacement of a worker or of the master, a thread dump, a stop.
 */
final class Steering {

	private static final Pattern LOGGER = Pattern.compile("[^\\s\\p{C}]{1,255}", Pattern.UNICODE_CHARACTER_CLASS);

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final Rollouts rollouts;

	private final Shutdown shutdown;

	private final Upgrade upgrade;

	private final EffectBuffer effects;

	Steering(Pool pool, PoolConfiguration configuration, Rollouts rollouts, Shutdown shutdown, Upgrade upgrade,
			EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.rollouts = rollouts;
		this.shutdown = shutdown;
		this.upgrade = upgrade;
		this.effects = effects;
	}

	Message.Reply on(Message.Request request, Instant now) {
		boolean stopping = this.shutdown.isUnderWay();
		if (request instanceof Message.RolloutRequest) {
			return new Message.RolloutReply(request.query(), stopping ? 0 : rollOut(request.trigger()));
		}
		if (request instanceof Message.StopRequest) {
			stop(request.trigger(), now);
			return reply(request, Result.DONE, "the pool stops when its workers have finished their requests");
		}
		if (stopping) {
			return refusal(request, "the pool stops");
		}
		if (request instanceof Message.ScaleRequest scale) {
			return scale(scale);
		}
		if (request instanceof Message.RetireRequest retire) {
			return retire(retire);
		}
		if (request instanceof Message.DumpRequest dump) {
			return dump(dump, now);
		}
		if (request instanceof Message.LogLevelRequest level) {
			return logLevel(level);
		}
		if (request instanceof Message.UpgradeRequest) {
			this.upgrade.request(request.trigger());
			return reply(request, Result.DONE, "the master is replaced when nothing else is under way; the log tells");
		}
		throw new IllegalArgumentException("no request: " + request);
	}

	/** Return the reply that a request is refused. */
	static Message.Reply refusal(Message.Request request, String why) {
		return (request instanceof Message.RolloutRequest) ? new Message.RolloutReply(request.query(), 0)
				: reply(request, Result.REFUSED, why);
	}

	private static Message.Reply reply(Message.Request request, Result result, String text) {
		return new Message.RequestReply(request.query(), result, text);
	}

	/**
	 * Request a roll-out. If WINCH has set the target to 0, the configured number of
	 * workers comes back.
	 * @return the id that the roll-out will have
	 */
	long rollOut(String trigger) {
		if (this.configuration.target() == 0) {
			this.configuration.resetTarget();
		}
		return this.rollouts.request(trigger);
	}

	/** Stop when all accepted requests are answered. */
	void stop(String why, Instant now) {
		abort(now);
		this.shutdown.stopGracefully(why, this.configuration.settings(), this.configuration.addresses(), now);
	}

	/** Stop without waiting for requests. */
	void stopQuickly(String why, Instant now) {
		abort(now);
		this.shutdown.stopQuickly(why, this.configuration.settings(), now);
	}

	private void abort(Instant now) {
		this.upgrade.abort();
		this.rollouts.abort("the master was told to stop", now);
	}

	/** Change the number of workers, unless the pool stops. */
	void scale(int workers, String why) {
		if (this.shutdown.isUnderWay()) {
			return;
		}
		int target = this.configuration.target();
		if (workers != target) {
			this.effects.log(Level.INFO,
					"number of workers changed from " + target + " to " + workers + " (" + why + ")");
		}
		this.configuration.target(workers);
	}

	private Message.Reply scale(Message.ScaleRequest request) {
		if (request.workers() < 1 || request.workers() > PoolSettings.MAX_WORKERS) {
			return reply(request, Result.WRONG,
					"a pool has from 1 to " + PoolSettings.MAX_WORKERS + " workers, not " + request.workers());
		}
		int before = this.configuration.target();
		scale(request.workers(), request.trigger());
		return reply(request, Result.DONE,
				(before != request.workers())
						? "the pool goes from " + before + " to " + LogFormat.workers(request.workers())
						: "the pool aims at " + LogFormat.workers(before) + " already");
	}

	private Message.Reply retire(Message.RetireRequest request) {
		Worker worker = find(request.index()).orElse(null);
		if (worker == null) {
			return missing(request, request.index());
		}
		if (!worker.is(WorkerState.READY)) {
			return reply(request, Result.WRONG, worker + " is not ready but " + worker.state().configName());
		}
		if (worker.retirement() == null) {
			worker.retire(new Message.Retire(ExitReason.RETIRED, request.trigger()));
			this.effects.log(Level.INFO, worker + " retiring: " + request.trigger());
		}
		return reply(request, Result.DONE, worker + " retires, a successor takes its place");
	}

	private Message.Reply dump(Message.DumpRequest request, Instant now) {
		Worker worker = find(request.index()).orElse(null);
		if (worker == null) {
			return missing(request, request.index());
		}
		if (!worker.isConnected()) {
			return reply(request, Result.WRONG, "the JVM of " + worker + " is still starting");
		}
		if (!worker.askForDump(now)) {
			return reply(request, Result.DONE, worker + " has written its threads less than a second ago");
		}
		this.effects.log(Level.INFO, worker + " writes its threads (" + request.trigger() + ")");
		this.effects.add(worker.dumpThreads());
		String directory = worker.settings().dumpDir();
		return reply(request, Result.DONE,
				worker + " writes its threads to "
						+ (directory.isEmpty() ? "its standard output, where the pool's output goes"
								: "a file in " + directory + ", the log has its name"));
	}

	private Message.Reply logLevel(Message.LogLevelRequest request) {
		if (!LOGGER.matcher(request.logger()).matches()) {
			return reply(request, Result.WRONG, "the name of a logger has no blanks, and 1 to 255 characters");
		}
		if (!Message.LogLevelRequest.LEVELS.contains(request.level())) {
			return reply(request, Result.WRONG, "there is no such level");
		}
		if (request.logger().equalsIgnoreCase("root") && request.level().equals(Message.LogLevelRequest.INHERITED)) {
			return reply(request, Result.WRONG, "the logger root inherits from none");
		}
		List<Worker> ready = this.pool.in(WorkerState.READY).toList();
		Message.SetLogLevel order = new Message.SetLogLevel(request.logger(), request.level());
		ready.forEach((worker) -> this.effects.send(worker, order));
		String change = "the level of logger " + request.logger() + " becomes " + request.level() + " in "
				+ LogFormat.workers(ready.size());
		this.effects.log(Level.INFO, change + " (" + request.trigger() + ")");
		return reply(request, Result.DONE, change);
	}

	private Optional<Worker> find(int index) {
		return this.pool.oldest((worker) -> worker.isSpawned() && worker.index() == index);
	}

	private static Message.Reply missing(Message.Request request, int index) {
		return reply(request, Result.WRONG, "there is no worker " + index);
	}

}
