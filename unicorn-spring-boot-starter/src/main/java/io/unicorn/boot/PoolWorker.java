package io.unicorn.boot;

import io.unicorn.worker.WorkerAgent;

/**
 * The worker that this application instance is. A bean of this type exists in a worker
 * and nowhere else. Thread-safe.
 */
public final class PoolWorker {

	private final WorkerAgent agent;

	/**
	 * Create the view of a worker.
	 * @param agent the worker's connection to its master
	 */
	public PoolWorker(WorkerAgent agent) {
		this.agent = agent;
	}

	/**
	 * Return the number of this worker among those alive, from 0. A later worker takes it
	 * over when this one has left.
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
	 * Whether this worker is the leader of the pool at this moment. The master names one
	 * ready worker, and another one when that leaves.
	 */
	public boolean isLeader() {
		return this.agent.isLeader();
	}

}
