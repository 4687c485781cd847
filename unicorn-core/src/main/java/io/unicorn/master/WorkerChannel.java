package io.unicorn.master;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.posix.ControlSocket;

/**
 * The sending side of a worker's control connection. A worker that does not read never
 * holds up the master: what the kernel does not take waits here, and a worker for which
 * too much is waiting has lost its channel. Used by the master's main thread alone.
 */
final class WorkerChannel {

	private static final int MAX_WAITING_BYTES = 1 << 20;

	private final ControlSocket socket;

	private final Deque<ByteBuffer> waiting = new ArrayDeque<>();

	private int waitingBytes;

	WorkerChannel(ControlSocket socket) {
		this.socket = socket;
	}

	/**
	 * Send a message, now or when the worker reads again.
	 * @throws IOException if the worker is gone or has not read for too long
	 */
	void send(Message message) throws IOException {
		ByteBuffer frame = MessageCodec.encode(message);
		this.waitingBytes += frame.remaining();
		this.waiting.add(frame);
		flush();
		if (this.waitingBytes > MAX_WAITING_BYTES) {
			throw new IOException("it does not read what the master sends");
		}
	}

	/**
	 * Send what is waiting, as far as the kernel takes it.
	 */
	void flush() throws IOException {
		while (!this.waiting.isEmpty()) {
			ByteBuffer frame = this.waiting.element();
			int before = frame.remaining();
			this.socket.write(frame);
			this.waitingBytes -= before - frame.remaining();
			if (frame.hasRemaining()) {
				return;
			}
			this.waiting.remove();
		}
	}

	/**
	 * Return what is waiting, for another channel on the same connection to send.
	 */
	ByteBuffer unsent() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.waitingBytes);
		for (ByteBuffer frame : this.waiting) {
			bytes.write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
		}
		return ByteBuffer.wrap(bytes.toByteArray());
	}

	/**
	 * Let what another channel has left wait here.
	 */
	void resume(ByteBuffer unsent) {
		if (unsent.hasRemaining()) {
			this.waiting.add(unsent.duplicate());
			this.waitingBytes += unsent.remaining();
		}
	}

	void close() {
		this.socket.close();
	}

}
