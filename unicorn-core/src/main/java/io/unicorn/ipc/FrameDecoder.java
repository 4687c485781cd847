package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Decodes the messages in a stream of bytes that arrives in pieces of any size. Skips
 * frames of unknown type. One instance per connection; not thread-safe.
 *
 * @param <M> the kind of message that the other end may send
 * @see MessageReader
 */
public final class FrameDecoder<M extends Message> {

	/** Large enough for most messages. */
	static final int INITIAL_BYTES = 512;

	private final Class<M> expected;

	/** The incomplete frame, with its length, from 0 to the position. */
	private ByteBuffer pending = ByteBuffer.allocate(INITIAL_BYTES);

	/** The length and the type of a frame. */
	private static final int HEADER_BYTES = MessageCodec.LENGTH_BYTES + Byte.BYTES;

	/**
	 * The size of {@link #pending} to wait for: first that of the length, then with the
	 * type, then that of the whole frame.
	 */
	private int wantedBytes = MessageCodec.LENGTH_BYTES;

	private boolean headerChecked;

	private boolean malformed;

	/**
	 * Create a decoder for a new connection.
	 * @param expected the kind of message that the other end may send, such as
	 * {@link Message.FromWorker}; any other is malformed
	 */
	public FrameDecoder(Class<M> expected) {
		this.expected = expected;
	}

	/**
	 * Decode the next bytes and pass on every message that they complete. If the sink
	 * throws, its message counts as passed on, and the bytes after it are still in the
	 * buffer.
	 * @param bytes the bytes that have arrived; the decoder consumes all and keeps no
	 * reference to the buffer
	 * @param sink gets each message on this thread, in the order of sending; also those
	 * before a malformed frame
	 * @throws MalformedFrameException if a frame breaks the protocol or is not expected;
	 * close the connection
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
	 * Whether the bytes so far end inside a frame. At the end of a connection this means
	 * that the other end has died while it was sending.
	 * @return whether an incomplete frame is buffered
	 */
	public boolean isInsideFrame() {
		return this.pending.position() > 0;
	}

	/**
	 * Return the bytes of the incomplete frame, to be fed to another decoder that
	 * continues this connection.
	 * @return a copy, from position 0 to the limit; empty if no frame is incomplete
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
				this.wantedBytes = HEADER_BYTES;
				continue;
			}
			if (!this.headerChecked) {
				int length = this.pending.getInt(0);
				MessageCodec.checkLength(length, Byte.toUnsignedInt(this.pending.get(MessageCodec.LENGTH_BYTES)));
				this.headerChecked = true;
				this.wantedBytes = MessageCodec.LENGTH_BYTES + length;
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
	 * Move bytes until {@link #wantedBytes} is reached, or as many as there are.
	 * @return whether it is reached
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
	 * Grow with the bytes that have arrived, not to the length that the frame claims.
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
		this.headerChecked = false;
		if (this.pending.capacity() > INITIAL_BYTES) {
			this.pending = ByteBuffer.allocate(INITIAL_BYTES);
		}
		this.pending.clear();
	}

}
