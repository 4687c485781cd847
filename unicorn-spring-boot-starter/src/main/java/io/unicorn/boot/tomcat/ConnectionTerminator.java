package io.unicorn.boot.tomcat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.unicorn.boot.tomcat.sse.EventStreams;
import io.unicorn.worker.DaemonThread;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;

/**
 * Ends connections that do not end by themselves when a worker leaves: streams of events,
 * WebSocket sessions and HTTP/2 connections. Repeats this until no connection is open,
 * because new ones of these may begin on an open connection. Thread-safe.
 */
final class ConnectionTerminator {

	private static final Log LOG = LogFactory.getLog(ConnectionTerminator.class);

	private static final long INTERVAL_MILLIS = 50;

	private final EventStreams streams = new EventStreams();

	private final WebSocketSessions sessions = new WebSocketSessions();

	/**
	 * Of several connectors; the threads run until their endpoints have no connection.
	 */
	private final Set<InheritedEndpoint> started = ConcurrentHashMap.newKeySet();

	EventStreams streams() {
		return this.streams;
	}

	WebSocketSessions sessions() {
		return this.sessions;
	}

	/**
	 * Begin on a thread of its own. A client that does not read, or the application's
	 * handler for the end of a session, must not block the caller.
	 */
	void begin(InheritedEndpoint endpoint) {
		if (this.started.add(endpoint)) {
			DaemonThread.start("unicorn-connection-terminator", () -> run(endpoint));
		}
	}

	private void run(InheritedEndpoint endpoint) {
		try {
			while (endpoint.isRunning() && endpoint.openConnections() > 0) {
				terminate(endpoint);
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void terminate(InheritedEndpoint endpoint) {
		try {
			this.streams.end();
			this.sessions.close();
			endpoint.announceEnd();
		}
		catch (RuntimeException ex) {
			LOG.warn("Cannot end a connection of this leaving worker", ex);
		}
	}

}
