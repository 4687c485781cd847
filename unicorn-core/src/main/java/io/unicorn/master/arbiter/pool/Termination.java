package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * Makes workers leave: drains, aborts, terminates or kills them. Each method adds the
 * messages and signals to the effects and notes in the worker why it leaves and when it
 * is killed if it has not left. A leader is told to resign first. Not thread-safe.
 */
public final class Termination {

	/** How long a condemned worker may take to write its thread dump. */
	public static final Duration DUMP_TIME = Duration.ofSeconds(2);

	/** How much of the graceful-timeout is kept for closing the application, at most. */
	private static final Duration CLOSE_TIME = Duration.ofSeconds(3);

	private final EffectBuffer effects;

	private final Leadership leadership;

	public Termination(EffectBuffer effects, Leadership leadership) {
		this.effects = effects;
		this.leadership = leadership;
	}

	/**
	 * Let a worker finish what it has accepted.
	 * @param timeout its graceful-timeout, a fifth of which, at most three seconds, is
	 * kept for closing the application after its last connection
	 */
	public void drain(Worker worker, String reason, Duration timeout, Instant now) {
		this.effects.log(Level.INFO, worker + " draining (" + reason + ")");
		leave(worker, WorkerState.DRAINING, reason, now.plus(timeout));
		if (!worker.settings().dumpDir().isEmpty()) {
			Duration tenth = timeout.dividedBy(10);
			worker.stuckAt(worker.deadline().minus((tenth.compareTo(DUMP_TIME) > 0) ? DUMP_TIME : tenth));
		}
		Duration fifth = timeout.dividedBy(5);
		Duration connectionTime = timeout.minus((fifth.compareTo(CLOSE_TIME) > 0) ? CLOSE_TIME : fifth);
		this.effects.send(worker, new Message.Drain(connectionTime.toMillis()));
	}

	/**
	 * End a worker that boots. What it initializes may end before.
	 */
	public void abort(Worker worker, String reason, Instant now) {
		Duration time = worker.boot().timeToExit(now);
		if (time.compareTo(worker.settings().gracefulTimeout()) > 0) {
			this.effects.log(Level.WARN, worker + " runs " + worker.boot().initializing()
					+ " and exits when that is done, within " + LogFormat.rough(time) + " at most");
		}
		abortWithin(worker, reason, time, now);
	}

	/**
	 * End a worker without a drain.
	 */
	public void abortWithin(Worker worker, String reason, Duration timeout, Instant now) {
		leave(worker, WorkerState.EXITING, reason, now.plus(timeout));
		this.effects.send(worker, new Message.Stop());
		this.effects.add(new Effect.Kill(worker.id(), ProcessSignal.TERM));
	}

	/**
	 * Let a worker end that has begun to end by itself.
	 * @param deadline when it is killed if it has not ended, {@link Instant#MAX} for
	 * never
	 */
	public void letGo(Worker worker, String reason, Instant deadline) {
		leave(worker, WorkerState.EXITING, reason, deadline);
	}

	/**
	 * Condemn a worker: it is killed when it has had {@link #DUMP_TIME} for a thread
	 * dump, which {@link #dump} asks for.
	 */
	public void condemn(Worker worker, String reason, Instant now) {
		leave(worker, WorkerState.EXITING, reason, now.plus(DUMP_TIME));
	}

	/**
	 * Ask a condemned worker for a thread dump. CONT follows because a stopped process
	 * handles no signal. The worker is told to stop accepting first, so that it takes no
	 * connection between the dump and its end.
	 */
	public void dump(Worker worker) {
		this.effects.send(worker, new Message.StopAccepting());
		this.effects.add(worker.dumpThreads());
		this.effects.add(new Effect.Kill(worker.id(), ProcessSignal.CONT));
	}

	/**
	 * End a worker whose control connection is closed: by a signal, because no message
	 * reaches it.
	 */
	public void terminate(Worker worker, String reason, Duration timeout, Instant now) {
		leave(worker, WorkerState.DRAINING, reason, now.plus(timeout));
		this.effects.add(new Effect.Kill(worker.id(), ProcessSignal.TERM));
	}

	/**
	 * Kill a worker.
	 * @param reason why; {@code null} for {@link ExitReason#KILLED}
	 */
	public void kill(Worker worker, @Nullable String reason) {
		this.effects.add(new Effect.Kill(worker.id(), ProcessSignal.KILL));
		leave(worker, WorkerState.EXITING, (reason != null) ? reason : ExitReason.KILLED, Instant.MAX);
	}

	private void leave(Worker worker, WorkerState state, String reason, Instant deadline) {
		this.leadership.resign(worker);
		worker.leave(state, reason, deadline);
	}

}
