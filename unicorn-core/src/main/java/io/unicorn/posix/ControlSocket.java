package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The master's end of a control connection; never blocks. Reading happens through a
 * {@link ControlPoller}. {@link #write} and {@link #close} may be called by any thread.
 */
public interface ControlSocket {

	/**
	 * Return the descriptor, which stays the same for the life of this object.
	 */
	int fd();

	/**
	 * Write as much as the kernel takes now.
	 * @param buffer what to write; its position advances by what was taken
	 * @throws PosixException if the other end is gone
	 * @throws IOException if this end is closed
	 */
	void write(ByteBuffer buffer) throws IOException;

	/**
	 * Close the descriptor. Closing again does nothing.
	 */
	void close();

}
