package io.unicorn.worker;

import java.time.Duration;

/**
 * A web server on an inherited listener, as the agent needs it. One implementation per
 * server product. Methods are called by the agent's threads and by the application's main
 * thread, never two at a time.
 */
public interface DrainableServer {

	/**
	 * Accept connections from now on. Until then nothing is accepted, and clients wait in
	 * the queue of the shared socket or are served by other workers.
	 */
	void startAccepting();

	/**
	 * Accept nothing any more, and return once every connection that was accepted is in
	 * the server's care. From then on the response to each further request ends its
	 * connection; a connection that is idle stays open for that request. Calling it again
	 * does nothing.
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
	 */
	int connections();

}
