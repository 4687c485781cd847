package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * What the arbiter orders in answer to one event, and what follows from it for the worker
 * concerned. Whoever leaves stops being the leader first.
 */
final class Orders {

	/** How long a condemned worker may take to write its thread dump. */
	static final Duration DUMP_TIME = Duration.ofSeconds(2);

	private static final long NOBODY = 0;

	private final List<Effect> effects = new ArrayList<>();

	private long leader = NOBODY;

	/**
	 * Return what was ordered since the last call.
	 */
	List<Effect> take() {
		List<Effect> taken = List.copyOf(this.effects);
		this.effects.clear();
		return taken;
	}

	void add(Effect effect) {
		this.effects.add(effect);
	}

	void tell(Level level, String text) {
		add(new Effect.Tell(level, text));
	}

	void send(Worker worker, Message.FromMaster message) {
		add(new Effect.Send(worker.id, message));
	}

	/** Go on after another master. */
	void restore(long leader) {
		this.leader = leader;
	}

	long leader() {
		return this.leader;
	}

	boolean isLeader(Worker worker) {
		return worker.id == this.leader;
	}

	boolean isLeaderMissing() {
		return this.leader == NOBODY;
	}

	void appoint(Worker worker) {
		this.leader = worker.id;
		send(worker, new Message.Leader(true));
	}

	/** The worker's process is gone. */
	void forget(Worker worker) {
		if (isLeader(worker)) {
			this.leader = NOBODY;
		}
	}

	/**
	 * Let a worker finish what it has accepted.
	 * @param patience its graceful-timeout, part of which is kept for closing the
	 * application after its last connection
	 */
	void drain(Worker worker, String reason, Duration patience, Instant now) {
		tell(Level.INFO, worker + " draining (" + reason + ")");
		leave(worker, WorkerState.DRAINING, reason, now.plus(patience));
		Duration rest = patience.dividedBy(5);
		Duration most = Duration.ofSeconds(3);
		Duration connectionTime = patience.minus((rest.compareTo(most) > 0) ? most : rest);
		send(worker, new Message.Drain(connectionTime.toMillis()));
	}

	/**
	 * End a worker that nobody waits for.
	 */
	void callOff(Worker worker, String reason, Duration patience, Instant now) {
		leave(worker, WorkerState.EXITING, reason, now.plus(patience));
		send(worker, new Message.Stop());
		add(new Effect.Kill(worker.id, ProcessSignal.TERM));
	}

	/**
	 * Give up a worker: it is killed as soon as it has had the time for a thread dump.
	 */
	void condemn(Worker worker, String reason, Instant now) {
		leave(worker, WorkerState.EXITING, reason, now.plus(DUMP_TIME));
	}

	/**
	 * Ask a condemned worker for a thread dump. A stopped process handles no signal, so
	 * it is continued; it is told to stop accepting first, lest it take a connection that
	 * it cannot serve any more.
	 */
	void dump(Worker worker) {
		send(worker, new Message.StopAccepting());
		add(new Effect.Kill(worker.id, ProcessSignal.QUIT));
		add(new Effect.Kill(worker.id, ProcessSignal.CONT));
	}

	/**
	 * End a worker that cannot be talked to.
	 */
	void terminate(Worker worker, String reason, Duration patience, Instant now) {
		leave(worker, WorkerState.DRAINING, reason, now.plus(patience));
		add(new Effect.Kill(worker.id, ProcessSignal.TERM));
	}

	/**
	 * Kill a worker, which has been told to leave or not.
	 */
	void kill(Worker worker, @Nullable String reason) {
		add(new Effect.Kill(worker.id, ProcessSignal.KILL));
		leave(worker, WorkerState.EXITING, (reason != null) ? reason : Verdict.KILLED, Instant.MAX);
	}

	private void leave(Worker worker, WorkerState state, String reason, Instant deadline) {
		if (isLeader(worker)) {
			send(worker, new Message.Leader(false));
			this.leader = NOBODY;
		}
		worker.leave(state, reason, deadline);
	}

}
