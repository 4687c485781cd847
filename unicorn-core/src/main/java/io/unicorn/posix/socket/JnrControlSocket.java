package io.unicorn.posix.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * Reads, writes and closes a control connection. Each use of the descriptor holds the
 * monitor and checks that it is still open, so a number that was closed and given to
 * another file is never used. The calls do not block, so the monitor is held only for a
 * moment.
 */
final class JnrControlSocket implements ControlSocket {

	/** Result of {@link #receive} if there is nothing to read now. */
	static final int NOTHING = -1;

	/** Result of {@link #receive} if the other end is closed. */
	static final int END = 0;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int CHUNK_SIZE = 64 * 1024;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final int fd;

	/** Wakes the poller, which has to poll for something else. */
	private @Nullable Runnable changeListener;

	/** Whether bytes are left for which the kernel had no room. */
	private boolean full;

	private boolean closed;

	JnrControlSocket(Kernel kernel, Descriptors descriptors, int fd) {
		this.kernel = kernel;
		this.descriptors = descriptors;
		this.fd = fd;
	}

	@Override
	public int fd() {
		return this.fd;
	}

	@Override
	public synchronized void write(ByteBuffer buffer) throws IOException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		while (buffer.hasRemaining()) {
			byte[] chunk = new byte[Math.min(buffer.remaining(), CHUNK_SIZE)];
			buffer.get(buffer.position(), chunk);
			long sent = this.kernel
				.repeatLong(() -> this.kernel.libc().send(this.fd, chunk, chunk.length, MSG_DONTWAIT | MSG_NOSIGNAL));
			if (sent < 0) {
				int errno = this.kernel.errno();
				if (errno == Errno.EAGAIN) {
					waitForRoom();
					return;
				}
				throw this.kernel.failure("write to control socket " + this.fd, errno);
			}
			buffer.position(buffer.position() + (int) sent);
		}
	}

	private void waitForRoom() {
		if (!this.full) {
			this.full = true;
			changed();
		}
	}

	private void changed() {
		if (this.changeListener != null) {
			this.changeListener.run();
		}
	}

	/** Whether to poll for room to write. */
	synchronized boolean isFull() {
		return this.full;
	}

	/** Note that there is room again. */
	synchronized void hasRoom() {
		this.full = false;
	}

	/**
	 * Read what has arrived.
	 * @param buffer receives the bytes from its start; the limit of its byte buffer is
	 * set behind them
	 * @return the number of bytes, {@link #NOTHING} or {@link #END}
	 */
	synchronized int receive(NativeMemory buffer) {
		if (this.closed) {
			return NOTHING;
		}
		long received = this.kernel.repeatLong(() -> this.kernel.libc().recv(this.fd, buffer, MSG_DONTWAIT));
		if (received < 0) {
			return (this.kernel.errno() == Errno.EAGAIN) ? NOTHING : END;
		}
		buffer.buffer().position(0).limit((int) received);
		return (int) received;
	}

	/**
	 * Set the action that runs when this is closed or begins to wait for room, in the
	 * thread that does that, in place of an earlier one.
	 */
	synchronized void onChange(Runnable listener) throws ClosedChannelException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		this.changeListener = listener;
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.descriptors.close(this.fd);
		changed();
	}

}
