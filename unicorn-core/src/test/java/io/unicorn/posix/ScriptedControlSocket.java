package io.unicorn.posix;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A control connection at whose other end is a test. Its buffer has room for so many
 * bytes as the test says. Thread-safe.
 */
public final class ScriptedControlSocket implements ControlSocket {

	private final int fd;

	private final ByteArrayOutputStream written = new ByteArrayOutputStream();

	private ControlPoller.@Nullable Handler handler;

	private int room = Integer.MAX_VALUE;

	private @Nullable PosixException failure;

	private int closed;

	public ScriptedControlSocket(int fd) {
		this.fd = fd;
	}

	/** Take so many bytes and no more. */
	public synchronized void room(int bytes) {
		this.room = bytes;
	}

	/** Take so many bytes, which the other end has read, and tell the one who waits. */
	public void read(int bytes) {
		room(bytes);
		ControlPoller.Handler receiver = handler();
		if (receiver != null) {
			receiver.writable();
		}
	}

	/** Return how long this end does not want to read, in milliseconds. */
	public int pauseMillis() {
		ControlPoller.Handler receiver = handler();
		return (receiver != null) ? receiver.pauseMillis() : 0;
	}

	/** Fail from now on: the process at the other end is gone. */
	public void breakDown() {
		fail(PosixException.EPIPE, "Broken pipe");
	}

	/** Fail from now on. */
	public synchronized void fail(int errno, String text) {
		this.failure = new PosixException("write", errno, text);
	}

	/** Return everything that was written. */
	public synchronized byte[] written() {
		return this.written.toByteArray();
	}

	/** Return how often this end was closed. */
	public synchronized int closed() {
		return this.closed;
	}

	/** Return whether the master waits for what arrives. */
	public boolean isPolled() {
		return handler() != null;
	}

	/** Let bytes arrive from the other end. */
	public void receive(ByteBuffer bytes) {
		ControlPoller.Handler receiver = handler();
		if (receiver == null) {
			throw new IllegalStateException("this connection is not polled");
		}
		receiver.received(bytes);
	}

	/** Close the other end. */
	public void hangUp() {
		ControlPoller.Handler receiver = handler();
		if (receiver != null) {
			receiver.closed();
		}
	}

	private synchronized ControlPoller.@Nullable Handler handler() {
		return this.handler;
	}

	synchronized void register(ControlPoller.Handler receiver) {
		this.handler = receiver;
	}

	@Override
	public int fd() {
		return this.fd;
	}

	@Override
	public synchronized void write(ByteBuffer buffer) throws IOException {
		if (this.failure != null) {
			throw this.failure;
		}
		while (buffer.hasRemaining() && this.room > 0) {
			this.written.write(buffer.get());
			this.room--;
		}
	}

	@Override
	public synchronized void close() {
		this.closed++;
	}

}
