package io.unicorn.ipc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes messages to a stream. Any thread may write: frames do not mix. Does not close
 * the stream.
 *
 * @param <M> what this end may send: {@link Message.FromWorker} or
 * {@link Message.FromMaster}
 */
public final class MessageWriter<M extends Message> {

	private final OutputStream out;

	/**
	 * Not a monitor, which would pin a virtual thread to its carrier before JDK 24.
	 */
	private final Lock lock = new ReentrantLock();

	/**
	 * Create a writer.
	 * @param out the stream; gets each frame in one write, followed by a flush
	 */
	public MessageWriter(OutputStream out) {
		this.out = out;
	}

	/**
	 * Write a message; waits while the other end does not read.
	 * @throws IllegalArgumentException if the message exceeds a limit of the
	 * {@link MessageCodec}; nothing was written
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
