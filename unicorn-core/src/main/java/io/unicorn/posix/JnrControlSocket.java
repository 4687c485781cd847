package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

import org.jspecify.annotations.Nullable;

/**
 * Each use of the descriptor holds the monitor and looks whether it is still open, so a
 * number that was closed and given to somebody else is never read, written or closed. The
 * calls do not block, so nor does the monitor.
 */
final class JnrControlSocket implements ControlSocket {

	/** Result of {@link #receive} if there is nothing to read now. */
	static final int NOTHING = -1;

	/** Result of {@link #receive} if the other end is gone. */
	static final int END = 0;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int CHUNK_SIZE = 64 * 1024;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final int fd;

	private @Nullable Runnable closeListener;

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
					return;
				}
				throw this.kernel.failure("write to control socket " + this.fd, errno);
			}
			buffer.position(buffer.position() + (int) sent);
		}
	}

	/**
	 * Read what is there.
	 * @param buffer is filled from its start, up to the limit of its byte buffer
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
	 * Have something called on {@link #close}, in the closing thread.
	 */
	synchronized void onClose(Runnable listener) throws ClosedChannelException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		this.closeListener = listener;
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
		if (this.closeListener != null) {
			this.closeListener.run();
		}
	}

}
