package io.unicorn.ipc.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What waits to be written to one member. As long as that member reads, each message is
 * written at once, so that it is in the kernel when the sender goes on, and survives the
 * sender's end. Thread-safe.
 */
final class Outbox {

	/** What may wait for a member that does not read. */
	static final int MAX_MESSAGES = 10_000;

	static final int MAX_WAITING_BYTES = 16 << 20;

	private final WritableByteChannel channel;

	private final Deque<ByteBuffer> waiting = new ArrayDeque<>();

	private int waitingBytes;

	/**
	 * Create.
	 * @param channel a channel that does not block
	 */
	Outbox(WritableByteChannel channel) {
		this.channel = channel;
	}

	/** What has become of a message. */
	enum Outcome {

		WRITTEN,

		/** {@link #flush} writes it when the channel has room. */
		WAITS,

		/** Too much waits already. */
		DROPPED

	}

	/**
	 * Write a message, or keep it.
	 * @throws IOException if the connection is gone
	 */
	synchronized Outcome add(ByteBuffer message) throws IOException {
		if (!this.waiting.isEmpty()) {
			if (this.waiting.size() >= MAX_MESSAGES || this.waitingBytes + message.remaining() > MAX_WAITING_BYTES) {
				return Outcome.DROPPED;
			}
			keep(message);
			return Outcome.WAITS;
		}
		this.channel.write(message);
		if (!message.hasRemaining()) {
			return Outcome.WRITTEN;
		}
		keep(message);
		return Outcome.WAITS;
	}

	private void keep(ByteBuffer message) {
		this.waiting.add(message);
		this.waitingBytes += message.remaining();
	}

	/**
	 * Write what waits, as much as the channel takes.
	 * @return whether nothing waits any more
	 * @throws IOException if the connection is gone
	 */
	synchronized boolean flush() throws IOException {
		for (ByteBuffer first = this.waiting.peek(); first != null; first = this.waiting.peek()) {
			this.waitingBytes -= this.channel.write(first);
			if (first.hasRemaining()) {
				return false;
			}
			this.waiting.remove();
		}
		return true;
	}

	synchronized boolean isEmpty() {
		return this.waiting.isEmpty();
	}

}
