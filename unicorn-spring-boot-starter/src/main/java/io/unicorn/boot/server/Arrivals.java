package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * The connections that arrive at the listeners of a server. One thread accepts; the other
 * methods are for any thread.
 */
public interface Arrivals {

	/**
	 * Return the next connection, in blocking mode. Waits for it.
	 * @throws IOException if a listener fails, or after {@link #close}
	 */
	SocketChannel accept() throws IOException;

	/**
	 * Whether a connection waits to be accepted; for the thread that accepts.
	 */
	boolean haveArrived();

	/**
	 * Return the number of connections that were accepted and not returned yet.
	 */
	int waiting();

	/**
	 * Accept nothing more. A thread in {@link #accept} returns soon.
	 * @return the connections that were accepted and not returned
	 * @throws IOException if a listener cannot be closed
	 */
	List<SocketChannel> close() throws IOException;

	/**
	 * Return the arrivals at these listeners. Of one listener, the calling thread accepts
	 * in the kernel, which wakes the workers in turn.
	 * @param listeners one or more
	 */
	static Arrivals at(List<ServerSocketChannel> listeners) throws IOException {
		return (listeners.size() == 1) ? new BlockingArrivals(listeners.get(0))
				: new SelectedArrivals(listeners, Duration.ZERO);
	}

	/**
	 * Return the arrivals at these listeners whose clients have sent something. A client
	 * that is silent does not keep a server that serves one connection at a time from
	 * others.
	 * @param listeners one or more
	 * @param silence how long a client may be silent before its connection is closed,
	 * more than zero
	 */
	static Arrivals readableAt(List<ServerSocketChannel> listeners, Duration silence) throws IOException {
		return new SelectedArrivals(listeners, silence);
	}

	/**
	 * Return the arrivals at these listeners whose proxies have sent their header, which
	 * was read. Those without a valid one are closed.
	 * @param listeners one or more
	 * @param silence how long a client may be silent after the header before its
	 * connection is closed, or zero if it need not send anything
	 * @param proxied gets what the headers say
	 */
	static Arrivals proxiedAt(List<ServerSocketChannel> listeners, Duration silence, ProxiedConnections proxied)
			throws IOException {
		return new SelectedArrivals(listeners, silence, proxied);
	}

}
