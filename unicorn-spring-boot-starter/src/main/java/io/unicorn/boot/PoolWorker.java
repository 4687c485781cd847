package io.unicorn.boot;

import io.unicorn.worker.WorkerAgent;

/**
 * Describes the worker that runs this instance of the application. A bean of this type
 * exists only in a worker. Thread-safe.
 */
public final class PoolWorker {

	private final WorkerAgent agent;

	/**
	 * Create the description of a worker.
	 * @param agent the worker's connection to its master
	 */
	public PoolWorker(WorkerAgent agent) {
		this.agent = agent;
	}

	/**
	 * Return the index of this worker among the running ones, from 0. Its successor takes
	 * over the index when this worker has left.
	 */
	public int index() {
		return this.agent.identity().index();
	}

	/**
	 * Return the number of this worker among all that its master has started, from 1.
	 */
	public long id() {
		return this.agent.identity().id();
	}

	/**
	 * Return the number of the generation that this worker belongs to: 1 at the start,
	 * one more with each reload.
	 */
	public int generation() {
		return this.agent.identity().generation();
	}

	/**
	 * Whether this worker is the leader of the pool at this moment. The master appoints
	 * one ready worker, and another one when that has left or has handled its
	 * {@link LeadershipRevokedEvent}.
	 * @return {@code false} as soon as this worker was told to resign
	 */
	public boolean isLeader() {
		return this.agent.isLeader();
	}

}
