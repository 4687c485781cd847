package io.unicorn.ipc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Turns messages into frames and back. A frame is the number of bytes that follow
 * ({@code int}), the type of the message (unsigned byte), and its fields; all numbers are
 * big-endian, strings are UTF-8 behind an unsigned {@code short} length, lists and maps
 * stand behind an {@code int} count.
 * <p>
 * Versions of this protocol may meet, because a reload can bring workers that are newer
 * than their master: a frame of unknown type is to be skipped, and bytes after the last
 * field that this version knows are ignored.
 * <p>
 * Holds no state: any thread may call it.
 */
public final class MessageCodec {

	/**
	 * The most that may follow the length of a frame. The largest message is a
	 * {@link Message.PoolReply}, about 60 bytes for each worker; so this is room for any
	 * pool, and little for a master to lose to a worker that sends garbage.
	 */
	public static final int MAX_FRAME_BYTES = 1024 * 1024;

	/**
	 * The most that a string may take in UTF-8: what its length can say.
	 */
	public static final int MAX_STRING_BYTES = 0xFFFF;

	/**
	 * The most entries of a list or map. Far more than the workers of a pool or its
	 * settings; few enough that keys chosen to collide cannot keep the master busy.
	 */
	public static final int MAX_ENTRIES = 4096;

	/**
	 * What the length at the beginning of a frame takes.
	 */
	public static final int LENGTH_BYTES = Integer.BYTES;

	private MessageCodec() {
	}

	/**
	 * Return the whole frame of a message.
	 * @return a buffer of its own, backed by an array, from position 0 to the limit
	 * @throws IllegalArgumentException if a limit is exceeded
	 */
	public static ByteBuffer encode(Message message) {
		MessageFormat<?> format = MessageFormat.of(message);
		PayloadWriter out = new PayloadWriter(format.code());
		format.write(out, message);
		return out.finish();
	}

	/**
	 * Return the message in a frame.
	 * @param <M> what the other end may send
	 * @param frame what follows the length: type and fields; its position stays
	 * @param expected what the other end may send: {@link Message.FromWorker} or
	 * {@link Message.FromMaster}
	 * @return the message, or null if this version does not know its type
	 * @throws MalformedFrameException if the frame is not allowed or not expected
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
	 * Check the length of a frame, before anything is allocated for it.
	 */
	static void checkLength(int length) throws MalformedFrameException {
		if (length < 1 || length > MAX_FRAME_BYTES) {
			throw new MalformedFrameException(
					"the length of a frame must be from 1 to " + MAX_FRAME_BYTES + " but is " + length);
		}
	}

}
