package io.unicorn.ipc;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Encodes messages and frames as byte arrays.
 */
final class Bytes {

	private Bytes() {
	}

	static byte[] of(Message message) {
		ByteBuffer frame = MessageCodec.encode(message);
		byte[] bytes = new byte[frame.remaining()];
		frame.get(bytes);
		return bytes;
	}

	static byte[] of(List<? extends Message> messages) {
		return join(messages.stream().map(Bytes::of).toArray(byte[][]::new));
	}

	/**
	 * Return a frame with a correct length and any content.
	 */
	static byte[] frame(int type, byte... payload) {
		return ByteBuffer.allocate(Integer.BYTES + 1 + payload.length)
			.putInt(1 + payload.length)
			.put((byte) type)
			.put(payload)
			.array();
	}

	static byte[] join(byte[]... parts) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			joined.writeBytes(part);
		}
		return joined.toByteArray();
	}

}
