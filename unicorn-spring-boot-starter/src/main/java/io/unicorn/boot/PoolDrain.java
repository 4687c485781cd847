package io.unicorn.boot;

import java.nio.channels.ServerSocketChannel;

import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

/**
 * Lets a worker that leaves wait for connections that the web server does not know: those
 * of a server that the application runs itself, on a listener of {@link PoolListeners}. A
 * bean of this type exists in every process, but has an effect only in a worker.
 * Thread-safe.
 */
public final class PoolDrain {

	private final DetachedServers servers = new DetachedServers();

	/**
	 * Create.
	 * @param agent the worker's connection to its master, or {@code null} in a process
	 * that is no worker
	 */
	public PoolDrain(@Nullable WorkerAgent agent) {
		if (agent != null) {
			agent.register(this.servers);
		}
	}

	/** The connections of a server that the application runs itself. */
	public interface Connections {

		/**
		 * End them: idle ones now, others when their work is done. Called once, when the
		 * listeners of this worker are closed, on a thread of its own; returns soon. What
		 * it throws is logged.
		 */
		void end();

		/**
		 * Return how many are open. Called often meanwhile.
		 * @return the number, 0 or more
		 */
		int count();

	}

	/**
	 * Let the worker end these connections when it leaves, and wait until none is open,
	 * for {@code unicorn.graceful-timeout} at most. If the worker is leaving already,
	 * they are ended now.
	 * @param connections the connections, for as long as this process runs
	 */
	public void register(Connections connections) {
		this.servers.add(connections);
	}

	void register(ServerSocketChannel listener) {
		this.servers.add(listener);
	}

}
