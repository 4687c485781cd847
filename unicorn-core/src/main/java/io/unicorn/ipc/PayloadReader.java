package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads the fields of one frame and trusts none of them. A value that is not allowed is
 * an {@link IllegalArgumentException}, the same as from the constructors of the messages;
 * a missing one is a {@link java.nio.BufferUnderflowException}.
 */
final class PayloadReader {

	private static final int MAX_NANOS = 999_999_999;

	private final ByteBuffer frame;

	PayloadReader(ByteBuffer frame) {
		// A slice is big-endian, whatever order the caller has set.
		this.frame = frame.slice();
	}

	int readUnsignedByte() {
		return Byte.toUnsignedInt(this.frame.get());
	}

	boolean readBoolean() {
		int value = readUnsignedByte();
		if (value > 1) {
			throw new IllegalArgumentException("a boolean must be 0 or 1 but is " + value);
		}
		return value == 1;
	}

	int readInt() {
		return this.frame.getInt();
	}

	long readLong() {
		return this.frame.getLong();
	}

	/**
	 * Read what an older version of this code does not write at the end of its message.
	 */
	long readLongOr(long missing) {
		return this.frame.hasRemaining() ? this.frame.getLong() : missing;
	}

	Instant readInstant() {
		long seconds = readLong();
		int nanos = readInt();
		if (nanos < 0 || nanos > MAX_NANOS) {
			throw new IllegalArgumentException("nanoseconds must be from 0 to " + MAX_NANOS + " but are " + nanos);
		}
		try {
			return Instant.ofEpochSecond(seconds, nanos);
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("no time has the epoch second " + seconds, ex);
		}
	}

	String readString() {
		int length = Short.toUnsignedInt(this.frame.getShort());
		if (length > this.frame.remaining()) {
			throw new IllegalArgumentException(
					"a string of " + length + " bytes cannot be in the remaining " + this.frame.remaining());
		}
		ByteBuffer bytes = this.frame.slice(this.frame.position(), length);
		this.frame.position(this.frame.position() + length);
		try {
			// A new decoder reports what new String would silently replace.
			return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("a string is not UTF-8", ex);
		}
	}

	/**
	 * Read a list.
	 * @param elementBytes the least that one element takes
	 */
	<T> List<T> readList(int elementBytes, Function<PayloadReader, T> element) {
		int count = readCount(elementBytes);
		List<T> values = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			values.add(element.apply(this));
		}
		return values;
	}

	/**
	 * Read a map.
	 * @param valueBytes the least that one value takes
	 */
	<V> Map<String, V> readMap(int valueBytes, Function<PayloadReader, V> value) {
		int count = readCount(Short.BYTES + valueBytes);
		Map<String, V> map = new HashMap<>();
		for (int i = 0; i < count; i++) {
			if (map.put(readString(), value.apply(this)) != null) {
				throw new IllegalArgumentException("a key occurs twice");
			}
		}
		return map;
	}

	/**
	 * A count decides how much is allocated, so it is believed only if so many entries
	 * can be there.
	 */
	private int readCount(int entryBytes) {
		int count = readInt();
		if (count < 0 || count > MessageCodec.MAX_ENTRIES) {
			throw new IllegalArgumentException(
					"a count must be from 0 to " + MessageCodec.MAX_ENTRIES + " but is " + count);
		}
		if ((long) count * entryBytes > this.frame.remaining()) {
			throw new IllegalArgumentException(
					count + " entries cannot be in the remaining " + this.frame.remaining() + " bytes");
		}
		return count;
	}

}
