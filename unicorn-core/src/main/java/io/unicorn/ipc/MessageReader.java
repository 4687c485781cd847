package io.unicorn.ipc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a stream, which it leaves after the last byte of each. Not
 * thread-safe; meant for one thread that does nothing else. Does not close the stream.
 *
 * @param <M> what the other end may send
 * @see FrameDecoder
 */
public final class MessageReader<M extends Message> {

	private final InputStream in;

	private final Class<M> expected;

	/**
	 * Create a reader.
	 * @param in the stream, at the start of a frame
	 * @param expected what the other end may send: {@link Message.FromWorker} or
	 * {@link Message.FromMaster}; anything else is malformed
	 */
	public MessageReader(InputStream in, Class<M> expected) {
		this.in = in;
		this.expected = expected;
	}

	/**
	 * Wait for the next message, and skip frames of unknown type on the way. After an
	 * exception the place in the stream is lost: do not read again.
	 * @return the message, or null if the stream ended after a whole frame
	 * @throws MalformedFrameException if a frame is not allowed or not expected, or if
	 * the stream ended inside it
	 * @throws IOException if the stream fails
	 */
	public @Nullable M read() throws IOException {
		while (true) {
			byte[] header = this.in.readNBytes(MessageCodec.LENGTH_BYTES);
			if (header.length == 0) {
				return null;
			}
			checkComplete(header, MessageCodec.LENGTH_BYTES);
			int length = ByteBuffer.wrap(header).getInt();
			MessageCodec.checkLength(length);
			// Allocates as bytes arrive, so a wrong length costs nothing.
			byte[] frame = this.in.readNBytes(length);
			checkComplete(frame, length);
			M message = MessageCodec.decode(ByteBuffer.wrap(frame), this.expected);
			if (message != null) {
				return message;
			}
		}
	}

	private static void checkComplete(byte[] bytes, int wanted) throws MalformedFrameException {
		if (bytes.length < wanted) {
			throw new MalformedFrameException(
					"the stream ended inside a frame, after " + bytes.length + " of " + wanted + " bytes");
		}
	}

}
