package io.unicorn.worker;

import java.util.Map;

/**
 * Gets the events of this worker that concern the application, and may block. It is told
 * of the leadership on one thread and of the rest on another, each in order. An exception
 * that it throws is reported to the {@link WorkerObserver}.
 */
public interface WorkerListener {

	/** The worker accepts connections. */
	void ready();

	/** The worker has stopped accepting, and exits when its connections are closed. */
	void draining();

	/**
	 * The worker is the leader of the pool.
	 * @param first whether it is the first leader of the pool
	 * @param handOver what the leader before has left for this one; empty if it has
	 * crashed, and if it has been told to this worker before
	 */
	void leadershipGranted(boolean first, Map<String, String> handOver);

	/**
	 * The worker is no longer the leader. The next one is appointed when this method has
	 * returned.
	 * @return what the next leader has to know, at most
	 * {@link io.unicorn.ipc.Message.Resigned#MAX_CHARACTERS}
	 */
	Map<String, String> leadershipRevoked();

}
