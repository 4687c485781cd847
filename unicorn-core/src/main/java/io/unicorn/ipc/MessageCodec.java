package io.unicorn.ipc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Encodes messages as frames and decodes them. A frame is the number of bytes that follow
 * ({@code int}), the type of the message (unsigned byte), and its fields. Numbers are
 * big-endian; a string is its length in bytes (unsigned {@code short}) and its UTF-8; a
 * list or map is its number of entries ({@code int}) and the entries.
 * <p>
 * The two ends may have different versions of this code, so callers skip frames of
 * unknown type, and the codec ignores bytes after the last field that it knows.
 * <p>
 * Has no state; thread-safe.
 */
public final class MessageCodec {

	/**
	 * The most bytes after the length of a frame. The largest message is a
	 * {@link Message.PoolReply} with about 150 bytes per worker, so every pool fits, and
	 * a peer that sends garbage takes little memory.
	 */
	public static final int MAX_FRAME_BYTES = 1024 * 1024;

	/** The most bytes of a string in UTF-8, limited by the type of its length. */
	public static final int MAX_STRING_BYTES = 0xFFFF;

	/**
	 * The most entries of a list or map: more than a pool has workers or settings, and
	 * few enough that keys chosen to collide take little time.
	 */
	public static final int MAX_ENTRIES = 4096;

	/** The size of the length at the beginning of a frame. */
	public static final int LENGTH_BYTES = Integer.BYTES;

	private MessageCodec() {
	}

	/**
	 * Return the whole frame of a message.
	 * @param message the message
	 * @return a new buffer, backed by an array, from position 0 to the limit
	 * @throws IllegalArgumentException if the message exceeds a limit of this class
	 */
	public static ByteBuffer encode(Message message) {
		MessageFormat<?> format = MessageFormat.of(message);
		PayloadWriter out = new PayloadWriter(format.code());
		format.write(out, message);
		return out.finish();
	}

	/**
	 * Return the message in a frame.
	 * @param <M> the kind of message that the other end may send
	 * @param frame the bytes after the length: type and fields; its position and byte
	 * order do not change
	 * @param expected the kind of message that the other end may send, such as
	 * {@link Message.FromWorker}
	 * @return the message, or {@code null} if this version does not know its type
	 * @throws MalformedFrameException if the frame breaks the protocol or holds another
	 * kind of message
	 */
	public static <M extends Message> @Nullable M decode(ByteBuffer frame, Class<M> expected)
			throws MalformedFrameException {
		checkLength(frame.remaining());
		PayloadReader in = new PayloadReader(frame);
		MessageFormat<?> format = MessageFormat.ofCode(in.readUnsignedByte());
		if (format == null) {
			return null;
		}
		String name = format.type().getSimpleName();
		if (!expected.isAssignableFrom(format.type())) {
			throw new MalformedFrameException(name + " is not a message " + expected.getSimpleName());
		}
		try {
			return expected.cast(format.read(in));
		}
		catch (BufferUnderflowException ex) {
			throw new MalformedFrameException(name + " of " + frame.remaining() + " bytes is truncated", ex);
		}
		catch (IllegalArgumentException ex) {
			throw new MalformedFrameException(name + " is malformed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Check the length of a frame. To be called before memory is allocated for it.
	 */
	static void checkLength(int length) throws MalformedFrameException {
		if (length < 1 || length > MAX_FRAME_BYTES) {
			throw new MalformedFrameException(
					"the length of a frame must be from 1 to " + MAX_FRAME_BYTES + " but is " + length);
		}
	}

	/**
	 * Check the length of a frame against the limit of its type.
	 * @param code the first byte after the length
	 */
	static void checkLength(int length, int code) throws MalformedFrameException {
		int limit = MessageFormat.maxBytes(code);
		if (length > limit) {
			throw new MalformedFrameException(
					"a frame of type " + code + " must not be above " + limit + " bytes but has " + length);
		}
	}

}
