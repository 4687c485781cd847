package io.unicorn.sample;

import io.unicorn.boot.PoolWorker;

/**
 * The identity of a worker in a pool.
 */
final class PoolProcess implements WorkerIdentity {

	private final long pid = ProcessHandle.current().pid();

	private final PoolWorker worker;

	PoolProcess(PoolWorker worker) {
		this.worker = worker;
	}

	@Override
	public long pid() {
		return this.pid;
	}

	@Override
	public Integer worker() {
		return this.worker.index();
	}

	@Override
	public Integer generation() {
		return this.worker.generation();
	}

	@Override
	public boolean leader() {
		return this.worker.isLeader();
	}

}
