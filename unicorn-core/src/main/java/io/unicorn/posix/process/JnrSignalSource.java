package io.unicorn.posix.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.NativeMemory;
import io.unicorn.posix.libc.Wakeup;

/**
 * Takes signals by {@code signalfd(2)}. A signal is read and passed on under the monitor,
 * which {@link #close} needs too; so the read must not block.
 */
final class JnrSignalSource implements SignalSource {

	private static final short POLLIN = 1;

	/** {@code struct pollfd}: int fd, short events, short revents. */
	private static final int POLLFD_SIZE = 8;

	/** {@code struct signalfd_siginfo}, which begins with the number of the signal. */
	private static final int SIGINFO_SIZE = 128;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final Wakeup wakeup;

	private final int fd;

	private boolean running;

	private boolean closed;

	JnrSignalSource(Kernel kernel, Descriptors descriptors, Wakeup wakeup, int fd) {
		this.kernel = kernel;
		this.descriptors = descriptors;
		this.wakeup = wakeup;
		this.fd = fd;
	}

	@Override
	public void run(IntConsumer receiver) throws PosixException {
		start();
		try {
			NativeMemory pollfds = new NativeMemory(2 * POLLFD_SIZE);
			pollfds.buffer().putInt(this.wakeup.fd()).putShort(POLLIN).putShort((short) 0);
			pollfds.buffer().putInt(this.fd).putShort(POLLIN).putShort((short) 0);
			do {
				this.kernel.call("poll", () -> this.kernel.libc().poll(pollfds, 2, -1));
			}
			while (take(receiver));
		}
		finally {
			stop();
		}
	}

	/**
	 * Take all pending signals.
	 * @return false if this is closed
	 */
	private synchronized boolean take(IntConsumer receiver) throws PosixException {
		byte[] siginfo = new byte[SIGINFO_SIZE];
		while (!this.closed) {
			long size = this.kernel.repeatLong(() -> this.kernel.libc().read(this.fd, siginfo, siginfo.length));
			if (size < 0) {
				if (this.kernel.errno() != Errno.EAGAIN) {
					throw this.kernel.failure("read signals", this.kernel.errno());
				}
				return true;
			}
			receiver.accept(ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder()).getInt());
		}
		return false;
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.wakeup.signal();
		if (!this.running) {
			release();
		}
	}

	private synchronized void start() {
		if (this.running || this.closed) {
			throw new IllegalStateException("This source of signals is in use or closed");
		}
		this.running = true;
	}

	private synchronized void stop() {
		this.running = false;
		if (this.closed) {
			release();
		}
	}

	private void release() {
		this.wakeup.close();
		this.descriptors.close(this.fd);
	}

}
