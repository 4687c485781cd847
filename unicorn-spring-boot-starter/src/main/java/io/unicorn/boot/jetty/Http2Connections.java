package io.unicorn.boot.jetty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Container;

/**
 * Ends HTTP/2 connections: a first GOAWAY tells the client to begin no more streams,
 * those that it begins nevertheless are served for a moment, a second GOAWAY tells which
 * one was the last, and an idle connection is closed. Jetty's own shutdown sends the
 * second one right after the first, and would drop what the client has sent in between.
 * Thread-safe.
 */
final class Http2Connections {

	/** Allows for more than a round trip, because some clients have sent more ahead. */
	private static final Duration LAST_STREAMS = Duration.ofSeconds(1);

	/** Time for the client to close a connection that has served its last stream. */
	private static final Duration LAST_IDLE = Duration.ofSeconds(1);

	private final ServerConnector connector;

	/** When the clients were told, by {@link System#nanoTime()}. */
	private final Map<HTTP2Session, Long> told = new HashMap<>();

	Http2Connections(ServerConnector connector) {
		this.connector = connector;
	}

	/** Tell every client once to begin no more streams. */
	synchronized void announceEnd() {
		List<HTTP2Session> sessions = sessions();
		this.told.keySet().retainAll(sessions);
		for (HTTP2Session session : sessions) {
			if (!this.told.containsKey(session)) {
				session.frames(null, List.of(GoAwayFrame.GRACEFUL), Callback.NOOP);
				this.told.put(session, System.nanoTime());
			}
		}
	}

	/** Do the next step for every connection; to be called until none is left. */
	synchronized void end() {
		announceEnd();
		long now = System.nanoTime();
		this.told.forEach((session, since) -> {
			if (now - since >= LAST_STREAMS.toNanos()) {
				end(session);
			}
		});
	}

	private static void end(HTTP2Session session) {
		var unused = session.shutdown();
		long idle = LAST_IDLE.toMillis();
		if (session.getStreams().isEmpty() && session.getEndPoint().getIdleTimeout() != idle) {
			session.getEndPoint().setIdleTimeout(idle);
		}
	}

	private List<HTTP2Session> sessions() {
		List<HTTP2Session> sessions = new ArrayList<>();
		for (ConnectionFactory factory : this.connector.getConnectionFactories()) {
			if (factory instanceof Container container) {
				container.getBeans(SessionContainer.class)
					.forEach((found) -> found.getSessions()
						.stream()
						.filter(HTTP2Session.class::isInstance)
						.map(HTTP2Session.class::cast)
						.forEach(sessions::add));
			}
		}
		return sessions;
	}

}
