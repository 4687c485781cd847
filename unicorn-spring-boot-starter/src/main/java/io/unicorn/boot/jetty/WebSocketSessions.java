package io.unicorn.boot.jetty;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.Graceful;

/**
 * Closes the WebSocket sessions of a server with code 1001, "going away". Jetty has three
 * libraries for WebSocket, any of which may be missing; the object by which each of them
 * closes its sessions is found by its package.
 */
final class WebSocketSessions {

	private final ServerConnector connector;

	WebSocketSessions(ServerConnector connector) {
		this.connector = connector;
	}

	/**
	 * Close every open session, on other threads. To be called again, because sessions
	 * may begin on connections that are still open.
	 */
	void close() {
		if (this.connector.getConnectedEndPoints().stream().anyMatch(WebSocketSessions::isWebSocket)) {
			this.connector.getServer()
				.getContainedBeans(Graceful.class)
				.stream()
				.filter(WebSocketSessions::isOfWebSocket)
				.forEach((sessions) -> {
					var unused = sessions.shutdown();
				});
		}
	}

	private static boolean isWebSocket(EndPoint endPoint) {
		Connection connection = endPoint.getConnection();
		return (connection instanceof SslConnection ssl) ? isWebSocket(ssl.getSslEndPoint())
				: connection != null && isOfWebSocket(connection);
	}

	private static boolean isOfWebSocket(Object object) {
		return object.getClass().getPackageName().contains(".websocket.");
	}

}
