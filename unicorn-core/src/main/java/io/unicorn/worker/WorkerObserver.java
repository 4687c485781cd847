package io.unicorn.worker;

import java.time.Duration;

/**
 * Is told what happens to this worker. Called by the agent's threads; must not block.
 */
public interface WorkerObserver {

	/**
	 * The worker has become the leader of the pool, or ceased to be.
	 */
	void leader(boolean leader);

	/**
	 * The worker stops accepting and exits when its connections are closed.
	 * @param timeout after which it exits anyway
	 */
	void draining(Duration timeout);

	/**
	 * The master is gone or has ended the conversation; the worker drains and exits.
	 * @param cause what was seen
	 */
	void masterLost(String cause);

	/**
	 * The agent has made a mistake, and goes on.
	 * @param what what it was about to do
	 * @param fault what went wrong
	 */
	void fault(String what, RuntimeException fault);

}
