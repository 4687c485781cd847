package io.unicorn.ipc.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.unicorn.ipc.Blob;
import org.jspecify.annotations.Nullable;

/**
 * One unit of what two members send each other: length of the rest (4 bytes), type (1),
 * number (8), length of the topic in UTF-8 (2), topic, payload.
 */
record Frame(Type type, long number, String topic, Blob payload) {

	private static final int LENGTH_BYTES = Integer.BYTES;

	private static final int HEADER_BYTES = Byte.BYTES + Long.BYTES + Short.BYTES;

	/** The longest topic, in bytes of UTF-8. */
	static final int MAX_TOPIC_BYTES = 1024;

	private static final int MAX_LENGTH = HEADER_BYTES + MAX_TOPIC_BYTES + Group.MAX_BYTES;

	enum Type {

		/** First frame of a member that connects; its number is the member's id. */
		HELLO(1),

		/** The answer to it: what is sent from now on reaches the member. */
		WELCOME(2),

		MESSAGE(3),

		/** Its number is repeated by the reply. */
		REQUEST(4),

		REPLY(5),

		/** The request has no reply; the topic says why. */
		FAILURE(6);

		private static final Type[] ALL = values();

		private final byte code;

		Type(int code) {
			this.code = (byte) code;
		}

		private static @Nullable Type of(byte code) {
			for (Type type : ALL) {
				if (type.code == code) {
					return type;
				}
			}
			return null;
		}

	}

	Frame {
		if (payload.length() > Group.MAX_BYTES) {
			throw new IllegalArgumentException(
					"a message has " + payload.length() + " bytes, and may have " + Group.MAX_BYTES);
		}
	}

	static Frame hello(long id) {
		return new Frame(Type.HELLO, id, "", Blob.EMPTY);
	}

	static Frame welcome(long id) {
		return new Frame(Type.WELCOME, id, "", Blob.EMPTY);
	}

	ByteBuffer encode() {
		byte[] name = this.topic.getBytes(StandardCharsets.UTF_8);
		if (name.length > MAX_TOPIC_BYTES) {
			// The text of a failure may be long; a topic was checked before.
			name = Arrays.copyOf(name, MAX_TOPIC_BYTES);
		}
		int length = HEADER_BYTES + name.length + this.payload.length();
		return ByteBuffer.allocate(LENGTH_BYTES + length)
			.putInt(length)
			.put(this.type.code)
			.putLong(this.number)
			.putShort((short) name.length)
			.put(name)
			.put(this.payload.toByteBuffer())
			.flip();
	}

	/**
	 * Return the number of bytes of the frame at the beginning of a buffer, or 0 if they
	 * have not all arrived.
	 * @throws IOException if it is no frame
	 */
	static int size(ByteBuffer bytes) throws IOException {
		if (bytes.remaining() < LENGTH_BYTES) {
			return 0;
		}
		int length = bytes.getInt(bytes.position());
		if (length < HEADER_BYTES || length > MAX_LENGTH) {
			throw new IOException("a frame has a length of " + length);
		}
		return (bytes.remaining() < LENGTH_BYTES + length) ? 0 : LENGTH_BYTES + length;
	}

	/**
	 * Return the number of bytes that the frame at the beginning of a buffer will have,
	 * as far as it is known.
	 */
	static int expected(ByteBuffer bytes) {
		return (bytes.remaining() < LENGTH_BYTES) ? LENGTH_BYTES : LENGTH_BYTES + bytes.getInt(bytes.position());
	}

	/**
	 * Decode a whole frame.
	 * @return the frame, or {@code null} if this version does not know its type
	 * @throws IOException if it is no frame
	 */
	static @Nullable Frame decode(ByteBuffer bytes) throws IOException {
		bytes.getInt();
		Type type = Type.of(bytes.get());
		long number = bytes.getLong();
		int topicBytes = Short.toUnsignedInt(bytes.getShort());
		if (topicBytes > bytes.remaining()) {
			throw new IOException("a frame has a topic of " + topicBytes + " bytes");
		}
		byte[] topic = new byte[topicBytes];
		bytes.get(topic);
		if (type == null || bytes.remaining() > Group.MAX_BYTES) {
			return null;
		}
		return new Frame(type, number, new String(topic, StandardCharsets.UTF_8), Blob.of(bytes));
	}

}
