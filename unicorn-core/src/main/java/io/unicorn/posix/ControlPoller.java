package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads many control connections with one thread, which sleeps in the kernel until bytes
 * arrive on one of them.
 */
public interface ControlPoller {

	/**
	 * Receives what happens on a connection. Called by the thread that is in
	 * {@link #run}; must not block and must not throw.
	 */
	interface Handler {

		/**
		 * Take bytes that have arrived.
		 * @param bytes the bytes, valid only during the call
		 */
		void received(ByteBuffer bytes);

		/**
		 * Write what is left: the connection takes bytes again, after
		 * {@link ControlSocket#write} has left some.
		 */
		void writable();

		/**
		 * Return how long not to read from this connection; its bytes wait in the kernel,
		 * which then takes no more of them from the other end. Called before each read.
		 * @return a time in milliseconds, 0 to read on
		 */
		int pauseMillis();

		/**
		 * Note that the other end is closed. This is the last call.
		 */
		void closed();

	}

	/**
	 * Poll a connection until its other end is closed, or until
	 * {@link ControlSocket#close}. May be called by any thread, also while {@link #run}
	 * sleeps. When the other end is closed, our socket stays open. A call of the handler
	 * that has begun when another thread closes the socket runs to its end.
	 * @param socket a socket from the same {@link Posix} as this poller
	 * @throws IOException if the socket is closed
	 */
	void register(ControlSocket socket, Handler handler) throws IOException;

	/**
	 * Poll all connections until {@link #close} is called or the thread is interrupted;
	 * it is still marked as interrupted then. For one thread at a time.
	 * @throws IOException if the poll fails
	 * @throws IllegalStateException if another thread is in this method
	 */
	void run() throws IOException;

	/**
	 * Make {@link #run} return, and release the poller; sockets stay open. May be called
	 * by any thread. Closing again has no effect.
	 */
	void close();

}
