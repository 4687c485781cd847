package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Finds the messages in a stream of bytes that arrives in pieces of any size. One for
 * each connection; not thread-safe. Frames of unknown type are skipped.
 *
 * @param <M> what the other end may send
 * @see MessageReader
 */
public final class FrameDecoder<M extends Message> {

	/**
	 * Room for all but the rarest messages.
	 */
	static final int INITIAL_BYTES = 512;

	private final Class<M> expected;

	/**
	 * The frame that is not complete yet, with its length, from 0 to the position.
	 */
	private ByteBuffer pending = ByteBuffer.allocate(INITIAL_BYTES);

	/**
	 * Size that {@link #pending} must reach before something can be done: first that of
	 * the length, then that of the whole frame.
	 */
	private int wantedBytes = MessageCodec.LENGTH_BYTES;

	private boolean malformed;

	/**
	 * Create a decoder for a new connection.
	 * @param expected what the other end may send: {@link Message.FromWorker} or
	 * {@link Message.FromMaster}; anything else is malformed
	 */
	public FrameDecoder(Class<M> expected) {
		this.expected = expected;
	}

	/**
	 * Take the next bytes and pass on every message they complete. If the sink throws,
	 * its message counts as passed on and the bytes after it are still in the buffer.
	 * @param bytes what has arrived; all of it is consumed and nothing of it is kept
	 * @param sink called for each message, in the order of sending, by this thread; also
	 * for those before a malformed frame
	 * @throws MalformedFrameException if a frame is not allowed or not expected; the
	 * connection must be closed
	 * @throws IllegalStateException if an earlier frame was malformed
	 */
	public void feed(ByteBuffer bytes, Consumer<? super M> sink) throws MalformedFrameException {
		if (this.malformed) {
			throw new IllegalStateException("an earlier frame was malformed");
		}
		try {
			decodeAll(bytes, sink);
		}
		catch (MalformedFrameException ex) {
			this.malformed = true;
			throw ex;
		}
	}

	/**
	 * Return whether the bytes so far end within a frame: at the end of a connection, a
	 * sign that the other end died while it was sending.
	 */
	public boolean isInsideFrame() {
		return this.pending.position() > 0;
	}

	/**
	 * Return the bytes so far of a frame that is not complete, for another decoder to go
	 * on with.
	 */
	public ByteBuffer unfinished() {
		return ByteBuffer.wrap(Arrays.copyOf(this.pending.array(), this.pending.position()));
	}

	int bufferBytes() {
		return this.pending.capacity();
	}

	private void decodeAll(ByteBuffer bytes, Consumer<? super M> sink) throws MalformedFrameException {
		while (collect(bytes)) {
			if (this.wantedBytes == MessageCodec.LENGTH_BYTES) {
				int length = this.pending.getInt(0);
				MessageCodec.checkLength(length);
				this.wantedBytes += length;
				continue;
			}
			this.pending.flip().position(MessageCodec.LENGTH_BYTES);
			M message = MessageCodec.decode(this.pending, this.expected);
			reset();
			if (message != null) {
				sink.accept(message);
			}
		}
	}

	/**
	 * Move what is wanted, or as much as there is.
	 * @return whether all that is wanted is there
	 */
	private boolean collect(ByteBuffer bytes) {
		int missing = this.wantedBytes - this.pending.position();
		int count = Math.min(missing, bytes.remaining());
		makeRoom(count);
		this.pending.put(bytes.slice(bytes.position(), count));
		bytes.position(bytes.position() + count);
		return count == missing;
	}

	/**
	 * Grow with what has arrived, not with what a length promises.
	 */
	private void makeRoom(int count) {
		int required = this.pending.position() + count;
		if (required > this.pending.capacity()) {
			int capacity = Math.min(this.wantedBytes, Math.max(required, 2 * this.pending.capacity()));
			this.pending = ByteBuffer.allocate(capacity).put(this.pending.flip());
		}
	}

	private void reset() {
		this.wantedBytes = MessageCodec.LENGTH_BYTES;
		if (this.pending.capacity() > INITIAL_BYTES) {
			this.pending = ByteBuffer.allocate(INITIAL_BYTES);
		}
		this.pending.clear();
	}

}
