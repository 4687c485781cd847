package io.unicorn.sample;

import io.unicorn.boot.PoolWorker;

/**
 * Identifies a worker of a pool.
 */
final class WorkerProcessInfo implements ProcessInfo {

	private final long pid = ProcessHandle.current().pid();

	private final PoolWorker worker;

	WorkerProcessInfo(PoolWorker worker) {
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
