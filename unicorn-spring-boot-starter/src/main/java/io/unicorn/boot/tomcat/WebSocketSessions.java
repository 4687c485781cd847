package io.unicorn.boot.tomcat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.jspecify.annotations.Nullable;

/**
 * Closes the WebSocket sessions of a server, if Tomcat's WebSocket library is present.
 * Thread-safe.
 */
final class WebSocketSessions {

	/** The specification's name of the attribute that holds the container. */
	private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

	private final List<Context> contexts = new CopyOnWriteArrayList<>();

	void add(Context context) {
		this.contexts.add(context);
	}

	/**
	 * Close every open session with code 1001, "going away". Waits for the application's
	 * handlers of the end of a session, not for the clients' answers. To be called again,
	 * because sessions may begin on connections that are still open.
	 */
	void close() {
		for (Context context : this.contexts) {
			Object container = container(context);
			if (container != null) {
				TomcatLibrary.close(container);
			}
		}
	}

	private static @Nullable Object container(Context context) {
		ServletContext servletContext = context.getServletContext();
		return (servletContext != null) ? servletContext.getAttribute(CONTAINER) : null;
	}

	/** Refers to the library, which may be missing, and is loaded only if needed. */
	private static final class TomcatLibrary {

		private static void close(Object container) {
			if (container instanceof WsWebSocketContainer sessions) {
				// Despite its name, the container remains usable: what this releases is
				// created again for the next connection.
				sessions.destroy();
			}
		}

	}

}
