package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes to a worker's control connection; the master's end of it. Never blocks. A
 * {@link ControlPoller} reads from it. Thread-safe.
 */
public interface ControlSocket {

	/**
	 * Return the descriptor, which never changes.
	 */
	int fd();

	/**
	 * Write as much as the kernel takes now: all of it, a part, or nothing. If bytes are
	 * left, {@link ControlPoller.Handler#writable} says when the kernel takes more.
	 * @param buffer what to write; its position advances by the number of bytes that were
	 * taken
	 * @throws PosixException if the other end is closed
	 * @throws IOException if this end is closed
	 */
	void write(ByteBuffer buffer) throws IOException;

	/**
	 * Close the descriptor. Closing again has no effect.
	 */
	void close();

}
