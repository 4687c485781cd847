package io.unicorn.boot.tomcat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket sessions of a server, where it has the library for them. Thread-safe.
 */
final class WebSocketSessions {

	/** Where the specification says that the container is to be found. */
	private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

	private final List<Context> contexts = new CopyOnWriteArrayList<>();

	void add(Context context) {
		this.contexts.add(context);
	}

	/**
	 * Tell the client of every open session that this server is going away. Does not wait
	 * for the answers, but for the application, which is told that the session has ended.
	 * To be called again: sessions may begin on connections that are still open.
	 */
	void goAway() {
		for (Context context : this.contexts) {
			Object container = container(context);
			if (container != null) {
				Tomcats.goAway(container);
			}
		}
	}

	private static @Nullable Object container(Context context) {
		ServletContext servletContext = context.getServletContext();
		return (servletContext != null) ? servletContext.getAttribute(CONTAINER) : null;
	}

	/** A class of its own, because the library may be missing. */
	private static final class Tomcats {

		private static void goAway(Object container) {
			if (container instanceof WsWebSocketContainer sessions) {
				// Sends close code 1001. In spite of its name it spoils nothing: what is
				// released besides is created again for the next connection.
				sessions.destroy();
			}
		}

	}

}
