package io.unicorn.boot.jetty;

import java.time.Duration;
import java.util.List;

import io.unicorn.boot.server.ServerTuning;
import io.unicorn.launch.settings.WorkerClass;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;

import org.springframework.boot.jetty.JettyWebServerFactory;

/**
 * Limits the connections and threads of a worker's Jetty.
 */
record JettyLimits(ServerTuning tuning) {

	/** The gate serves one acceptor, and one in each worker spreads the connections. */
	private static final int ACCEPTORS = 1;

	private static final Duration ANY_SILENCE = Duration.ofDays(365);

	/** Set what Jetty reads when it creates the server and its connector. */
	void apply(JettyWebServerFactory factory) {
		factory.setAcceptors(ACCEPTORS);
		// What limits the number of connections is the listener, which does not accept
		// then. Jetty's own limit would close what was accepted beyond it.
		factory.setMaxConnections(-1);
		if (this.tuning.workerClass() == WorkerClass.VIRTUAL) {
			// Jetty's pool of virtual threads, which Spring Boot configures, accepts on
			// one of them, and the JDK makes a listener non-blocking for that, also for
			// all other workers.
			QueuedThreadPool threads = new QueuedThreadPool();
			threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("virtual-"));
			factory.setThreadPool(threads);
		}
	}

	/** Set what depends on the connectors of a server. */
	void apply(Server server, List<ServerConnector> connectors) {
		if (this.tuning.workerClass() == WorkerClass.SYNC) {
			setThreads(server, connectors, 1);
		}
		else if (this.tuning.workerClass() == WorkerClass.GTHREAD && this.tuning.threads() != null) {
			setThreads(server, connectors, this.tuning.threads());
		}
	}

	/**
	 * Set the number of threads that serve requests. Jetty accepts and selects on threads
	 * of the same pool, and would keep others in reserve for the selectors.
	 */
	private static void setThreads(Server server, List<ServerConnector> connectors, int serving) {
		if (server.getThreadPool() instanceof QueuedThreadPool threads) {
			int most = serving + connectors.stream()
				.mapToInt((connector) -> connector.getAcceptors() + connector.getSelectorManager().getSelectorCount())
				.sum();
			threads.setReservedThreads(0);
			threads.setMinThreads(Math.min(threads.getMinThreads(), most));
			threads.setMaxThreads(most);
		}
	}

	/**
	 * Return how long a client may be silent without taking the only place of a worker of
	 * class sync, zero in other classes.
	 */
	Duration silence(ServerConnector connector) {
		if (this.tuning.workerClass() != WorkerClass.SYNC) {
			return Duration.ZERO;
		}
		Duration own = this.tuning.connectionTimeout();
		long idle = connector.getIdleTimeout();
		return (own != null) ? own : (idle > 0) ? Duration.ofMillis(idle) : ANY_SILENCE;
	}

	/**
	 * Whether a thread is free, so that the next request does not wait for one.
	 */
	static boolean hasFreeThread(ThreadPool pool) {
		return !(pool instanceof QueuedThreadPool threads) || threads.getVirtualThreadsExecutor() != null
				|| threads.getBusyThreads() < threads.getMaxThreads();
	}

	/**
	 * Return how many connections the worker may have at a time.
	 * @param configured what the server is configured to have, negative if it is not
	 */
	int connections(int configured) {
		if (this.tuning.workerClass() == WorkerClass.SYNC) {
			return 1;
		}
		if (this.tuning.connections() != null) {
			return this.tuning.connections();
		}
		return (configured < 0) ? Integer.MAX_VALUE : Math.max(1, configured);
	}

}
