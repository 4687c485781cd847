package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads many control connections with one thread, which sleeps in the kernel until one of
 * them has something to say.
 */
public interface ControlPoller {

	/**
	 * What happens on a connection. Called by the thread that is in {@link #run}; must
	 * not block and must not throw.
	 */
	interface Handler {

		/**
		 * Bytes have arrived.
		 * @param bytes the bytes, valid only during the call
		 */
		void received(ByteBuffer bytes);

		/**
		 * The other end is gone; nothing is called after this.
		 */
		void closed();

	}

	/**
	 * Watch a connection until its end or its {@link ControlSocket#close}. May be called
	 * by any thread, also while {@link #run} sleeps. The end of a connection does not
	 * close our socket. A handler's call that has begun when another thread closes the
	 * socket runs to its end.
	 * @throws IOException if the socket is closed
	 */
	void register(ControlSocket socket, Handler handler) throws IOException;

	/**
	 * Serve all connections until the thread is interrupted, which stays marked as such,
	 * or {@link #close} is called. For one thread at a time.
	 * @throws IOException if the system refuses to poll
	 */
	void run() throws IOException;

	/**
	 * Make {@link #run} return, and release the poller; sockets stay open. May be called
	 * by any thread, also again.
	 */
	void close();

}
