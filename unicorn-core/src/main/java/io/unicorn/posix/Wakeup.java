package io.unicorn.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An {@code eventfd} by which one thread ends another's {@code poll}. Signals that come
 * after {@link #close} are ignored. Thread-safe.
 */
final class Wakeup {

	private static final int EFD_CLOEXEC = 0x80000;

	private static final int EFD_NONBLOCK = 0x800;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final int fd;

	private boolean closed;

	Wakeup(Kernel kernel, Descriptors descriptors) throws PosixException {
		this.kernel = kernel;
		this.descriptors = descriptors;
		this.fd = kernel.call("eventfd", () -> kernel.libc().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	}

	int fd() {
		return this.fd;
	}

	synchronized void signal() {
		if (!this.closed) {
			byte[] one = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(1).array();
			this.kernel.repeatLong(() -> this.kernel.libc().write(this.fd, one, one.length));
		}
	}

	synchronized void reset() {
		byte[] count = new byte[Long.BYTES];
		this.kernel.repeatLong(() -> this.kernel.libc().read(this.fd, count, count.length));
	}

	synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.descriptors.close(this.fd);
		}
	}

}
