package io.unicorn.ipc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a blocking stream, and no byte after the end of each. Not
 * thread-safe; made for a thread that does nothing else. Does not close the stream.
 *
 * @param <M> the kind of message that the other end may send
 * @see FrameDecoder
 */
public final class MessageReader<M extends Message> {

	private final InputStream in;

	private final Class<M> expected;

	/**
	 * Create a reader.
	 * @param in the stream, at the start of a frame
	 * @param expected the kind of message that the other end may send, such as
	 * {@link Message.FromWorker}; any other is malformed
	 */
	public MessageReader(InputStream in, Class<M> expected) {
		this.in = in;
		this.expected = expected;
	}

	/**
	 * Wait for the next message, and skip frames of unknown type. After an exception the
	 * position in the stream is unknown: do not read again.
	 * @return the message, or {@code null} if the stream has ended after a whole frame
	 * @throws MalformedFrameException if a frame breaks the protocol or is not expected,
	 * or if the stream has ended inside it
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
			byte[] type = this.in.readNBytes(1);
			checkComplete(type, 1);
			MessageCodec.checkLength(length, Byte.toUnsignedInt(type[0]));
			// readNBytes allocates as bytes arrive, so a wrong length costs no memory.
			byte[] payload = this.in.readNBytes(length - 1);
			checkComplete(payload, length - 1);
			byte[] frame = ByteBuffer.allocate(length).put(type).put(payload).array();
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
