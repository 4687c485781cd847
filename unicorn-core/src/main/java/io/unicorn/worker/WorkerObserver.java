package io.unicorn.worker;

import java.time.Duration;

/**
 * Gets what happens to this worker. Several threads of the agent call it; a method must
 * not block.
 */
public interface WorkerObserver {

	/**
	 * The worker has become the leader of the pool, or is no longer the leader.
	 * @param leader whether it is the leader now
	 */
	void leader(boolean leader);

	/**
	 * The worker stops accepting and exits when its connections are closed.
	 * @param timeout after which it exits with connections left
	 */
	void draining(Duration timeout);

	/**
	 * The control connection has ended; the worker drains and exits.
	 * @param cause how it has ended, as a phrase for the log
	 */
	void masterLost(String cause);

	/**
	 * The agent has met an exception, and goes on.
	 * @param what what it could not do, as a phrase for the log
	 * @param fault the exception
	 */
	void fault(String what, RuntimeException fault);

}
