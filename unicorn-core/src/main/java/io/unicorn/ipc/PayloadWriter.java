package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Builds one frame, big-endian. Throws {@link IllegalArgumentException} where a limit of
 * {@link MessageCodec} is exceeded, because the other end would refuse the frame. Each
 * method has its counterpart in {@link PayloadReader}.
 */
final class PayloadWriter {

	private static final int INITIAL_BYTES = 128;

	private ByteBuffer frame = ByteBuffer.allocate(INITIAL_BYTES);

	PayloadWriter(int type) {
		// finish() overwrites it with the length.
		this.frame.putInt(0);
		this.frame.put((byte) type);
	}

	void writeBoolean(boolean value) {
		room(Byte.BYTES).put((byte) (value ? 1 : 0));
	}

	void writeByte(int value) {
		room(Byte.BYTES).put((byte) value);
	}

	void writeInt(int value) {
		room(Integer.BYTES).putInt(value);
	}

	void writeLong(long value) {
		room(Long.BYTES).putLong(value);
	}

	void writeDouble(double value) {
		room(Double.BYTES).putDouble(value);
	}

	void writeInstant(Instant value) {
		writeLong(value.getEpochSecond());
		writeInt(value.getNano());
	}

	void writeString(String value) {
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		if (bytes.length > MessageCodec.MAX_STRING_BYTES) {
			throw new IllegalArgumentException(
					"a string of " + bytes.length + " bytes is above the limit of " + MessageCodec.MAX_STRING_BYTES);
		}
		room(Short.BYTES + bytes.length).putShort((short) bytes.length).put(bytes);
	}

	void writeBytes(Blob value) {
		value.write(room(Integer.BYTES + value.length()).putInt(value.length()));
	}

	<T> void writeList(Collection<T> values, BiConsumer<PayloadWriter, T> element) {
		if (values.size() > MessageCodec.MAX_ENTRIES) {
			throw new IllegalArgumentException(
					values.size() + " entries are above the limit of " + MessageCodec.MAX_ENTRIES);
		}
		writeInt(values.size());
		values.forEach((value) -> element.accept(this, value));
	}

	<V> void writeMap(Map<String, V> map, BiConsumer<PayloadWriter, V> value) {
		writeList(map.entrySet(), (out, entry) -> {
			out.writeString(entry.getKey());
			value.accept(out, entry.getValue());
		});
	}

	/**
	 * Return the whole frame, from position 0 to the limit.
	 */
	ByteBuffer finish() {
		this.frame.putInt(0, this.frame.position() - MessageCodec.LENGTH_BYTES);
		return this.frame.flip();
	}

	private ByteBuffer room(int bytes) {
		int required = this.frame.position() + bytes;
		int limit = MessageCodec.LENGTH_BYTES + MessageCodec.MAX_FRAME_BYTES;
		if (required > limit) {
			throw new IllegalArgumentException(
					"the frame would be above the limit of " + MessageCodec.MAX_FRAME_BYTES + " bytes");
		}
		if (required > this.frame.capacity()) {
			int capacity = Math.min(limit, Math.max(required, 2 * this.frame.capacity()));
			this.frame = ByteBuffer.allocate(capacity).put(this.frame.flip());
		}
		return this.frame;
	}

}
