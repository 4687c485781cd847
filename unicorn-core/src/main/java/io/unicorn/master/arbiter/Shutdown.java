package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.BacklogDrain;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import org.jspecify.annotations.Nullable;

/**
 * Stops the pool. A graceful stop has three steps, so that each connection that the
 * kernel has accepted is served: readiness goes down, so that load balancers send no more
 * requests; new connections are blocked, while workers accept those that wait and close
 * each connection after its next response; then the listeners are closed and the workers
 * drain.
 */
final class Shutdown {

	/** How long a quick stop waits before it kills workers. */
	static final Duration QUICK_STOP = Duration.ofSeconds(5);

	private final Pool pool;

	private final EffectBuffer effects;

	private final Termination termination;

	private static final long NO_WORKER = 0;

	private @Nullable Integer exitCode;

	/** Why the application cannot run as a pool; empty if it can. */
	private String obstacle = "";

	/** The worker whose exit code is that of the master. */
	private long followed = NO_WORKER;

	private boolean quick;

	/** The end of the shutdown-delay; {@code null} before and after it. */
	private @Nullable Instant delayedUntil;

	private Set<String> addresses = Set.of();

	private @Nullable BacklogDrain backlog;

	/** When the graceful-timeout ends, of which the backlog drain is a part. */
	private Instant deadline = Instant.MAX;

	private boolean closed;

	Shutdown(Pool pool, EffectBuffer effects, Termination termination) {
		this.pool = pool;
		this.effects = effects;
		this.termination = termination;
	}

	boolean isUnderWay() {
		return this.exitCode != null;
	}

	int exitCode() {
		return (this.exitCode != null) ? this.exitCode : 0;
	}

	/** Note why the application cannot run as a pool; it runs without one afterwards. */
	void obstacle(String obstacle) {
		this.obstacle = obstacle;
	}

	boolean hasObstacle() {
		return !this.obstacle.isEmpty();
	}

	/** Return what ends this master when no worker is left. */
	Effect end() {
		return hasObstacle() ? new Effect.RunWithoutPool(this.obstacle) : new Effect.Exit(exitCode());
	}

	/** Stop because no worker can be started. */
	void giveUp(int code, PoolSettings settings, Instant now) {
		if (this.exitCode == null) {
			this.exitCode = code;
			close(settings.gracefulTimeout(), now);
		}
	}

	/**
	 * Stop when all accepted requests are answered.
	 * @param why the signal, for the log
	 */
	void stopGracefully(String why, PoolSettings settings, Set<String> addresses, Instant now) {
		this.obstacle = "";
		if (this.exitCode != null) {
			this.pool.stream()
				.filter((worker) -> worker.id() == this.followed && worker.deadline().equals(Instant.MAX))
				.forEach((worker) -> this.termination.letGo(worker, ExitReason.ENDED,
						now.plus(settings.gracefulTimeout())));
			if (this.delayedUntil != null && !this.quick) {
				this.effects.log(Level.INFO, "stopping without further delay (" + why + ")");
				this.delayedUntil = now;
			}
			return;
		}
		begin(0, why, settings.shutdownDelay(), settings, addresses, now);
	}

	/**
	 * Stop because the application has ended a worker of its own accord. This is what it
	 * would do without a pool, so there is no delay.
	 * @param code the exit code of the worker
	 */
	void follow(int code, PoolSettings settings, Set<String> addresses, Instant now) {
		begin(code, "the application has ended itself", Duration.ZERO, settings, addresses, now);
	}

	/**
	 * Stop because the application ends a worker of its own accord; the exit code is that
	 * of the worker. The worker has all the time that it takes, as without a pool, until
	 * the master is told to stop.
	 */
	void follow(Worker worker, PoolSettings settings, Set<String> addresses, Instant now) {
		this.followed = worker.id();
		this.termination.letGo(worker, ExitReason.ENDED, Instant.MAX);
		follow(0, settings, addresses, now);
	}

	/** Note that a worker has exited. */
	void exited(Event.Exited exit) {
		if (exit.id() == this.followed) {
			this.exitCode = (exit.code() >= 0) ? exit.code() : ExitReason.SIGNAL_BASE + exit.signal();
		}
	}

	private void begin(int code, String why, Duration delay, PoolSettings settings, Set<String> addresses,
			Instant now) {
		this.exitCode = code;
		this.addresses = Set.copyOf(addresses);
		this.pool.all()
			.stream()
			.filter((worker) -> worker.is(WorkerState.BOOTING))
			.forEach((worker) -> this.termination.abort(worker, ExitReason.SHUTDOWN, now));
		if (this.pool.ready() == 0) {
			this.effects.log(Level.INFO, "stopping (" + why + ")");
			close(settings.gracefulTimeout(), now);
			return;
		}
		this.effects.log(Level.INFO, delay.isZero() ? "stopping: workers finish their requests (" + why + ")"
				: "stopping in " + LogFormat.rough(delay) + ", readiness is down from now on (" + why + ")");
		sendToReady(new Message.RefuseTraffic());
		this.delayedUntil = now.plus(delay);
	}

	/**
	 * Stop without waiting for requests; the second time, without waiting at all.
	 */
	void stopQuickly(String why, PoolSettings settings, Instant now) {
		this.obstacle = "";
		if (this.exitCode == null) {
			this.exitCode = 0;
		}
		this.effects.log(Level.INFO, "stopping at once (" + why + ")");
		closeListeners();
		Duration graceful = settings.gracefulTimeout();
		for (Worker worker : this.pool.all()) {
			if (this.quick) {
				this.termination.kill(worker, ExitReason.SHUTDOWN);
			}
			else {
				this.termination.abortWithin(worker, ExitReason.SHUTDOWN,
						(graceful.compareTo(QUICK_STOP) < 0) ? graceful : QUICK_STOP, now);
			}
		}
		this.quick = true;
	}

	/** Note how many connections wait. */
	void counted(Event.BacklogCounted event, Instant now) {
		if (this.backlog != null) {
			this.backlog.count(event, now);
		}
	}

	/** Begin the steps that are due. */
	void advance(PoolSettings settings, Instant now) {
		if (this.closed) {
			return;
		}
		if (this.pool.ready() == 0) {
			// No worker is left to serve during the delay or to accept what waits.
			close(settings.gracefulTimeout(), now);
			return;
		}
		if (this.delayedUntil != null && !now.isBefore(this.delayedUntil)) {
			this.delayedUntil = null;
			blockNewConnections(settings.gracefulTimeout(), now);
		}
		if (this.backlog != null) {
			advance(this.backlog, now);
		}
	}

	private void blockNewConnections(Duration timeout, Instant now) {
		this.deadline = now.plus(timeout);
		this.backlog = new BacklogDrain(this.addresses, now, timeout.dividedBy(2));
		this.effects.add(new Effect.BlockNewConnections(this.addresses));
		sendToReady(new Message.EndConnections());
	}

	private void advance(BacklogDrain drain, Instant now) {
		if (drain.isOver(now)) {
			drain.logAbandoned(this.effects, now);
			// A master that was suspended itself may continue after the deadline.
			close(now.isBefore(this.deadline) ? Duration.between(now, this.deadline) : Duration.ZERO, now);
		}
		else if (drain.isCountDue(now)) {
			this.effects.add(new Effect.CountBacklog(drain.addresses()));
		}
	}

	private void close(Duration timeout, Instant now) {
		for (Worker worker : this.pool.all()) {
			if (worker.is(WorkerState.READY)) {
				this.termination.drain(worker, ExitReason.SHUTDOWN, timeout, now);
			}
			else if (worker.is(WorkerState.BOOTING)) {
				this.termination.abort(worker, ExitReason.SHUTDOWN, now);
			}
		}
		closeListeners();
	}

	private void closeListeners() {
		if (!this.closed) {
			this.closed = true;
			this.effects.add(new Effect.CloseListeners());
		}
	}

	private void sendToReady(Message.FromMaster message) {
		this.pool.in(WorkerState.READY).forEach((worker) -> this.effects.send(worker, message));
	}

	/** Return when {@link #advance} may have something to do without an event. */
	Stream<Instant> deadlines() {
		if (this.closed) {
			return Stream.empty();
		}
		Stream<Instant> counting = (this.backlog != null) ? Stream.of(this.backlog.due()) : Stream.empty();
		return Stream.concat(counting, Stream.ofNullable(this.delayedUntil));
	}

}
