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
 * Reads the fields of one frame and checks each. Throws {@link IllegalArgumentException},
 * as the constructors of the messages do, for a value out of range, and
 * {@link java.nio.BufferUnderflowException} for a missing one.
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

	double readDouble() {
		return this.frame.getDouble();
	}

	/**
	 * Read a last field that older versions of this code do not write.
	 * @param missing the value if it is missing
	 */
	long readLongOr(long missing) {
		return this.frame.hasRemaining() ? this.frame.getLong() : missing;
	}

	/** As {@link #readLongOr}. */
	int readUnsignedByteOr(int missing) {
		return this.frame.hasRemaining() ? readUnsignedByte() : missing;
	}

	/**
	 * Read a last field that older versions of this code do not write.
	 * @param missing the value if it is missing
	 */
	String readStringOr(String missing) {
		return this.frame.hasRemaining() ? readString() : missing;
	}

	/**
	 * Read a last field that is not always written.
	 * @param missing the value if it is missing
	 */
	boolean readBooleanOr(boolean missing) {
		return this.frame.hasRemaining() ? readBoolean() : missing;
	}

	/**
	 * Read a last map that is not always written.
	 * @param missing the value if it is missing
	 */
	<V> Map<String, V> readMapOr(Map<String, V> missing, int valueBytes, Function<PayloadReader, V> value) {
		return this.frame.hasRemaining() ? readMap(valueBytes, value) : missing;
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
			// The constructor of String would replace malformed bytes silently.
			return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("a string is not UTF-8", ex);
		}
	}

	Blob readBytes() {
		int length = readInt();
		if (length < 0 || length > this.frame.remaining()) {
			throw new IllegalArgumentException(length + " bytes cannot be in the remaining " + this.frame.remaining());
		}
		return Blob.read(this.frame, length);
	}

	/**
	 * Read a list.
	 * @param elementBytes the size of the smallest element
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
	 * @param valueBytes the size of the smallest value
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
	 * Read a number of entries, and refuse one that does not fit into the rest of the
	 * frame, because it decides how much is allocated.
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
