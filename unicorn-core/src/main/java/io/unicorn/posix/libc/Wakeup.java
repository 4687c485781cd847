package io.unicorn.posix.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.unicorn.posix.PosixException;

/**
 * Wakes a thread that is in {@code poll} from another thread, by an {@code eventfd}.
 * Calls after {@link #close} have no effect. Thread-safe.
 */
public final class Wakeup {

	private static final int EFD_CLOEXEC = 0x80000;

	private static final int EFD_NONBLOCK = 0x800;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final int fd;

	private boolean closed;

	/**
	 * Open the descriptor.
	 */
	public Wakeup(Kernel kernel, Descriptors descriptors) throws PosixException {
		this.kernel = kernel;
		this.descriptors = descriptors;
		this.fd = kernel.call("eventfd", () -> kernel.libc().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	}

	/**
	 * Return the descriptor to poll for input.
	 */
	public int fd() {
		return this.fd;
	}

	/**
	 * Make the descriptor readable.
	 */
	public synchronized void signal() {
		if (!this.closed) {
			byte[] one = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(1).array();
			this.kernel.repeatLong(() -> this.kernel.libc().write(this.fd, one, one.length));
		}
	}

	/**
	 * Make the descriptor not readable, for the next {@code poll}.
	 */
	public synchronized void reset() {
		byte[] count = new byte[Long.BYTES];
		this.kernel.repeatLong(() -> this.kernel.libc().read(this.fd, count, count.length));
	}

	/**
	 * Close the descriptor. Closing again has no effect.
	 */
	public synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.descriptors.close(this.fd);
		}
	}

}
