package io.unicorn.ipc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes messages to a blocking stream. Thread-safe: the frames of several threads do not
 * mix. Does not close the stream.
 *
 * @param <M> the kind of message that this end may send, such as
 * {@link Message.FromWorker}
 */
public final class MessageWriter<M extends Message> {

	private final OutputStream out;

	/** Not a monitor, which would pin a virtual thread to its carrier before JDK 24. */
	private final Lock lock = new ReentrantLock();

	/**
	 * Create a writer.
	 * @param out the stream; gets each frame by one call of write, followed by a flush
	 */
	public MessageWriter(OutputStream out) {
		this.out = out;
	}

	/**
	 * Write a message. Blocks while the stream is full because the other end does not
	 * read.
	 * @param message the message
	 * @throws IllegalArgumentException if the message exceeds a limit of
	 * {@link MessageCodec}; nothing was written then
	 * @throws IOException if the stream fails; a part of the frame may have been written,
	 * so the connection must be closed
	 */
	public void write(M message) throws IOException {
		ByteBuffer frame = MessageCodec.encode(message);
		this.lock.lock();
		try {
			this.out.write(frame.array(), frame.arrayOffset(), frame.remaining());
			this.out.flush();
		}
		finally {
			this.lock.unlock();
		}
	}

}
