package io.unicorn.boot.jetty;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.unicorn.boot.jetty.sse.EventStreams;
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.worker.DaemonThread;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that do not end by themselves when a worker leaves: streams of events,
 * WebSocket sessions and HTTP/2 connections. Repeats this until no connection is open,
 * because new ones of these may begin on an open connection. Thread-safe.
 */
final class ConnectionTerminator {

	private static final Log logger = LogFactory.getLog(ConnectionTerminator.class);

	private static final Duration INTERVAL = Duration.ofMillis(50);

	private final ServerConnector connector;

	private final OpenConnections<?> connections;

	private final EventStreams streams;

	private final WebSocketSessions sessions;

	/** Absent where Jetty's library for HTTP/2 may be missing. */
	private final @Nullable Http2Connections http2;

	private final AtomicBoolean started = new AtomicBoolean();

	ConnectionTerminator(ServerConnector connector, OpenConnections<?> connections, EventStreams streams) {
		this.connector = connector;
		this.connections = connections;
		this.streams = streams;
		this.sessions = new WebSocketSessions(connector);
		this.http2 = new JettyTransport(connector).speaksHttp2() ? new Http2Connections(connector) : null;
	}

	/** Tell HTTP/2 clients to begin no more streams. */
	void announceEnd() {
		if (this.http2 != null) {
			this.http2.announceEnd();
		}
	}

	/**
	 * Begin on a thread of its own. A client that does not read, or the application's
	 * handler for the end of a session, must not block the caller.
	 */
	void begin() {
		if (this.started.compareAndSet(false, true)) {
			DaemonThread.start("unicorn-connection-terminator", this::run);
		}
	}

	private void run() {
		do {
			terminate();
		}
		while (this.connections.awaitNone(INTERVAL) > 0 && this.connector.isRunning());
	}

	private void terminate() {
		try {
			this.streams.end();
			this.sessions.close();
			if (this.http2 != null) {
				this.http2.end();
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Cannot end a connection of this leaving worker", ex);
		}
	}

}
