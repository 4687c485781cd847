package io.unicorn.boot.worker;

import java.time.Duration;

import io.unicorn.worker.WorkerObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what happens to this worker, to the application's log.
 */
public final class WorkerLogObserver implements WorkerObserver {

	private static final Log logger = LogFactory.getLog(WorkerLogObserver.class);

	@Override
	public void leader(boolean leader) {
		logger.info(leader ? "This worker is the leader of the pool" : "This worker is no longer the leader");
	}

	@Override
	public void draining(Duration timeout) {
		logger.debug("Draining for at most " + timeout.toMillis() + " ms");
	}

	@Override
	public void masterLost(String cause) {
		logger.warn("The master is gone (" + cause + "); this worker finishes its requests and exits");
	}

	@Override
	public void fault(String action, RuntimeException fault) {
		logger.error("The worker's agent failed: " + action, fault);
	}

}
