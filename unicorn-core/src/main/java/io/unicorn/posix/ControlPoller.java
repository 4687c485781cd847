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
	 * by any thread, also while {@link #run} sleeps.
	 */
	void register(ControlSocket socket, Handler handler) throws IOException;

	/**
	 * Serve all connections until the thread is interrupted or {@link #close} is called.
	 */
	void run() throws IOException;

	/**
	 * Make {@link #run} return. May be called by any thread.
	 */
	void close();

}
