package io.unicorn.boot.tomcat;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;

/**
 * Ends what does not end by itself when a worker leaves: streams of events, WebSocket
 * sessions and HTTP/2 connections. Says goodbye again and again, until no connection is
 * left, because each may begin on a connection that is still open. Thread-safe.
 */
final class Farewell {

	private static final Log LOG = LogFactory.getLog(Farewell.class);

	private static final long INTERVAL_MILLIS = 50;

	private final EventStreams streams = new EventStreams();

	private final WebSocketSessions sessions = new WebSocketSessions();

	private final AtomicBoolean begun = new AtomicBoolean();

	EventStreams streams() {
		return this.streams;
	}

	WebSocketSessions sessions() {
		return this.sessions;
	}

	/**
	 * Begin, on a thread of its own: a client that does not read, or the application's
	 * reaction to the end of a session, must not hold up what the caller does next.
	 */
	void begin(InheritedEndpoint endpoint) {
		if (this.begun.compareAndSet(false, true)) {
			Thread thread = new Thread(() -> run(endpoint), "unicorn-farewell");
			thread.setDaemon(true);
			thread.start();
		}
	}

	private void run(InheritedEndpoint endpoint) {
		try {
			while (endpoint.isRunning() && endpoint.openConnections() > 0) {
				round(endpoint);
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void round(InheritedEndpoint endpoint) {
		try {
			this.streams.end();
			this.sessions.goAway();
			endpoint.announceEnd();
		}
		catch (RuntimeException ex) {
			LOG.warn("A connection could not be told that this worker is leaving", ex);
		}
	}

}
