package io.unicorn.worker;

import java.time.Duration;

/**
 * A web server on an inherited listener, as the agent needs it. One implementation per
 * server product. Methods are called by the agent's threads and by the application's main
 * thread; beside {@link #warmUp} another one may run, otherwise never two at a time.
 */
public interface DrainableServer {

	/**
	 * Answer requests of this process's own, so that those of its clients find it warm.
	 * Called once, before {@link #startAccepting}; may take its time, and returns soon
	 * after {@link #stopAccepting}. A server that needs none returns at once.
	 */
	void warmUp();

	/**
	 * Accept connections from now on. Until then nothing is accepted, and clients wait in
	 * the queue of the shared socket or are served by other workers.
	 */
	void startAccepting();

	/**
	 * Go on accepting, but let the response to each request from now on end its
	 * connection; a connection that is idle stays open for that request. Where one
	 * connection carries many requests at a time, the client is told to begin no more on
	 * it. Calling it again does nothing.
	 */
	void endConnections();

	/**
	 * Accept nothing any more, and return once every connection that was accepted is in
	 * the server's care. From then on connections end as {@link #endConnections} says,
	 * and what would not end by itself, such as streams of events, is ended in the way
	 * its protocol has for that. Calling it again does nothing.
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
