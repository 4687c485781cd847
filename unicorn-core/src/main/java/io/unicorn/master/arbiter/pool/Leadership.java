package io.unicorn.master.arbiter.pool;

import java.util.function.Predicate;

import io.unicorn.ipc.Message;

/**
 * Keeps one ready worker as the leader, and tells a worker when it becomes the leader or
 * stops being it. There is never more than one leader. Not thread-safe.
 */
public final class Leadership {

	private static final long NONE = 0;

	private final Pool pool;

	private final EffectBuffer effects;

	private long leader = NONE;

	public Leadership(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	/**
	 * Restore the leader that another master has appointed.
	 * @param leader its id, 0 for none
	 */
	public void restore(long leader) {
		this.leader = leader;
	}

	/** Return the id of the leader, 0 if there is none. */
	public long leader() {
		return this.leader;
	}

	public boolean isLeader(Worker worker) {
		return worker.id() == this.leader;
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
				.ifPresent((worker) -> {
					this.leader = worker.id();
					this.effects.send(worker, new Message.Leader(true));
				});
		}
	}

	/** Take the leadership from a worker that is about to leave. */
	void resign(Worker worker) {
		if (isLeader(worker)) {
			this.effects.send(worker, new Message.Leader(false));
			this.leader = NONE;
		}
	}

	/** Note that the worker's process has ended. */
	public void exited(Worker worker) {
		if (isLeader(worker)) {
			this.leader = NONE;
		}
	}

}
