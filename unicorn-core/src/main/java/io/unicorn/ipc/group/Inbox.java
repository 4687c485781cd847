package io.unicorn.ipc.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.Consumer;

/**
 * Reads the frames of one member. Not thread-safe.
 */
final class Inbox {

	private static final int USUAL_BYTES = 64 << 10;

	private final ReadableByteChannel channel;

	private ByteBuffer bytes = ByteBuffer.allocate(USUAL_BYTES);

	/**
	 * Create.
	 * @param channel a channel that does not block
	 */
	Inbox(ReadableByteChannel channel) {
		this.channel = channel;
	}

	/**
	 * Read what has arrived, once, so that one member cannot keep out the others.
	 * @param frames gets each whole frame
	 * @return whether more may follow; {@code false} at the end of the connection
	 * @throws IOException if the connection is gone, or what has arrived is no frame
	 */
	boolean read(Consumer<Frame> frames) throws IOException {
		int count = this.channel.read(this.bytes);
		this.bytes.flip();
		for (int size = Frame.size(this.bytes); size > 0; size = Frame.size(this.bytes)) {
			Frame frame = Frame.decode(this.bytes.slice(this.bytes.position(), size));
			this.bytes.position(this.bytes.position() + size);
			if (frame != null) {
				frames.accept(frame);
			}
		}
		makeRoom();
		return count >= 0;
	}

	private void makeRoom() {
		int needed = Math.max(USUAL_BYTES, Frame.expected(this.bytes));
		if (needed == this.bytes.capacity()) {
			this.bytes.compact();
		}
		else {
			this.bytes = ByteBuffer.allocate(needed).put(this.bytes);
		}
	}

}
