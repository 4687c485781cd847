package io.unicorn.boot.bootstrap;

import java.time.Duration;

import io.unicorn.worker.WorkerObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Writes into the application's log what happens to this worker.
 */
final class WorkerLog implements WorkerObserver {

	private static final Log logger = LogFactory.getLog(WorkerLog.class);

	@Override
	public void leader(boolean leader) {
		logger.info(leader ? "This worker is the leader of the pool" : "This worker is no longer the leader");
	}

	@Override
	public void draining(Duration timeout) {
		logger.debug("Draining, for at most " + timeout.toMillis() + " ms");
	}

	@Override
	public void masterLost(String cause) {
		logger.warn("The master is gone (" + cause + "); this worker finishes its requests and exits");
	}

	@Override
	public void fault(String what, RuntimeException fault) {
		logger.error("Fault in the worker's agent: " + what, fault);
	}

}
