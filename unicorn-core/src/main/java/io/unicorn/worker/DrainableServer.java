package io.unicorn.worker;

import java.time.Duration;

/**
 * Lets the agent start and drain a web server that accepts from an inherited listener.
 * One implementation per server product. The agent calls the methods that change the
 * server one at a time, on different threads, also during {@link #warmUp}. It calls
 * {@link #connections} at any time.
 */
public interface DrainableServer {

	/**
	 * Answer requests that this process sends itself, so that the JIT compiler has
	 * compiled what the first clients need. Called once, before {@link #startAccepting};
	 * may take long, and returns soon after {@link #stopAccepting}. A server that needs
	 * no warm-up returns at once.
	 */
	void warmUp();

	/**
	 * Accept connections from now on. Before that, connections wait in the backlog of the
	 * listener, or other workers accept them.
	 */
	void startAccepting();

	/**
	 * Accept further connections, but let the next response on each connection end it; an
	 * idle connection stays open for that response. On a connection that carries many
	 * requests at a time, as in HTTP/2, tell the client to begin no more. Calling it
	 * again does nothing.
	 */
	void endConnections();

	/**
	 * Accept no further connections, and return when the server handles every connection
	 * that was accepted. From then on connections end as {@link #endConnections} says,
	 * and the server ends those that would not end by themselves, such as event streams
	 * and WebSocket sessions, as their protocol provides. Calling it again does nothing.
	 */
	void stopAccepting();

	/**
	 * Wait until no connection is left.
	 * @param timeout how long to wait at most
	 * @return the number of connections left, 0 or more
	 */
	int awaitNoConnections(Duration timeout);

	/**
	 * Return the number of open connections.
	 * @return the number, 0 or more
	 */
	int connections();

	/**
	 * Whether this is a web server of the application's context.
	 * @return {@code false} for what the application accepts by itself
	 */
	default boolean isWebServer() {
		return true;
	}

}
