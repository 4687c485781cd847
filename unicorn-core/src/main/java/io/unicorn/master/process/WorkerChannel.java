package io.unicorn.master.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.posix.ControlSocket;

/**
 * Sends messages to a worker without blocking. What the kernel does not take is kept here
 * and sent when the worker reads. Replies and messages about calls are dropped while too
 * many wait: a worker that asks and does not read loses its own answers and nothing else.
 * The other messages are few and small; a worker for which too many of them are kept
 * loses its connection. Thread-safe.
 */
final class WorkerChannel {

	/** While so many bytes of replies wait, further replies are dropped. */
	static final int MOST_REPLY_BYTES = 256 * 1024;

	/** The most bytes of other messages that wait; one has some twenty. */
	static final int MOST_ORDER_BYTES = 64 * 1024;

	private record Frame(ByteBuffer bytes, boolean reply) {

	}

	private final ControlSocket socket;

	private final Deque<Frame> waiting = new ArrayDeque<>();

	private int replyBytes;

	private int orderBytes;

	private long dropped;

	WorkerChannel(ControlSocket socket) {
		this.socket = socket;
	}

	/** Whether the worker gets as many of these messages as workers ask for. */
	static boolean mayBeDropped(Message message) {
		return message instanceof Message.Reply || message instanceof Message.ToCall;
	}

	/**
	 * Send a message, now or when the worker reads again.
	 * @return whether that will happen; a reply may be dropped
	 * @throws IOException if the worker is gone or has not read for too long
	 */
	synchronized boolean send(Message message) throws IOException {
		boolean reply = mayBeDropped(message);
		if (reply && this.replyBytes > MOST_REPLY_BYTES) {
			this.dropped++;
			return false;
		}
		add(new Frame(MessageCodec.encode(message), reply));
		flush();
		if (this.orderBytes > MOST_ORDER_BYTES) {
			throw new IOException("it does not read what the master sends");
		}
		return true;
	}

	private void add(Frame frame) {
		this.waiting.add(frame);
		count(frame, frame.bytes().remaining());
	}

	private void count(Frame frame, int bytes) {
		if (frame.reply()) {
			this.replyBytes += bytes;
		}
		else {
			this.orderBytes += bytes;
		}
	}

	/**
	 * Send what is waiting, as far as the kernel takes it.
	 */
	synchronized void flush() throws IOException {
		while (!this.waiting.isEmpty()) {
			Frame frame = this.waiting.element();
			int before = frame.bytes().remaining();
			this.socket.write(frame.bytes());
			count(frame, frame.bytes().remaining() - before);
			if (frame.bytes().hasRemaining()) {
				return;
			}
			this.waiting.remove();
		}
	}

	/**
	 * Return how many replies were dropped since the last call.
	 */
	synchronized long takeDropped() {
		long count = this.dropped;
		this.dropped = 0;
		return count;
	}

	/**
	 * Return what is not sent yet, for the channel of the next master.
	 */
	synchronized ByteBuffer unsent() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.replyBytes + this.orderBytes);
		for (Frame frame : this.waiting) {
			ByteBuffer left = frame.bytes();
			bytes.write(left.array(), left.arrayOffset() + left.position(), left.remaining());
		}
		return ByteBuffer.wrap(bytes.toByteArray());
	}

	/**
	 * Take over what the channel of the master before has not sent, and send it.
	 */
	synchronized void resume(ByteBuffer unsent) throws IOException {
		if (unsent.hasRemaining()) {
			// It was within the limits of that master.
			add(new Frame(unsent.duplicate(), true));
			flush();
		}
	}

	void close() {
		this.socket.close();
	}

}
