package io.unicorn.master.arbiter.pool;

import java.util.Map;
import java.util.function.Predicate;

import io.unicorn.ipc.Message;

/**
 * Keeps one ready worker as the leader. A leader that is to leave is told to resign, ends
 * what only the leader does, and answers. The next one is appointed when that answer has
 * come or the process has ended, so that never two workers take themselves for the
 * leader. Not thread-safe.
 */
public final class Leadership {

	private static final long NONE = 0;

	private final Pool pool;

	private final EffectBuffer effects;

	/** The leader, also while it resigns. */
	private long leader = NONE;

	/** Whether there was no leader yet. */
	private boolean first = true;

	/** What the last leader has left for the next one. */
	private Map<String, String> handOver = Map.of();

	public Leadership(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	/**
	 * Restore the leader that another master has appointed.
	 * @param leader its id, 0 for none
	 * @param handOver what the last leader has left for the next one
	 */
	public void restore(long leader, Map<String, String> handOver) {
		this.leader = leader;
		this.first = false;
		this.handOver = handOver;
	}

	/** Return the id of the leader, 0 if there is none. It may be about to resign. */
	public long leader() {
		return this.leader;
	}

	/** Return what the last leader has left for the next one. */
	public Map<String, String> handOver() {
		return this.handOver;
	}

	/** Whether a worker is the leader, and was not told to resign. */
	public boolean isLeader(Worker worker) {
		return worker.id() == this.leader && worker.isActive();
	}

	/**
	 * Appoint the oldest ready worker if there is no leader.
	 * @param preferred the workers among which the leader is chosen if one of them is
	 * ready
	 */
	public void appoint(Predicate<Worker> preferred) {
		if (this.leader == NONE) {
			this.pool.oldest((worker) -> worker.is(WorkerState.READY) && preferred.test(worker))
				.or(() -> this.pool.oldest((worker) -> worker.is(WorkerState.READY)))
				.ifPresent(this::appoint);
		}
	}

	private void appoint(Worker worker) {
		this.leader = worker.id();
		this.effects.send(worker, new Message.Leader(true, this.first, this.handOver));
		this.first = false;
		this.handOver = Map.of();
	}

	/** Tell a worker that is about to leave to resign, if it is the leader. */
	void resign(Worker worker) {
		if (isLeader(worker)) {
			this.effects.send(worker, new Message.Leader(false));
		}
	}

	/** Note that a worker which was told to resign has done so. */
	public void resigned(Worker worker, Message.Resigned message) {
		if (worker.id() == this.leader && !worker.isActive()) {
			this.leader = NONE;
			this.handOver = message.handOver();
		}
	}

	/** Note that the worker's process has ended. */
	public void exited(Worker worker) {
		if (worker.id() == this.leader) {
			this.leader = NONE;
		}
	}

}
