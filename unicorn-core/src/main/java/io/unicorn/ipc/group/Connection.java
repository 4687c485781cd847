package io.unicorn.ipc.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection of two members, which both use. Frames are sent on any thread; all else
 * happens on the thread of the group.
 */
final class Connection {

	private final SocketChannel channel;

	private final Outbox outbox;

	private final Inbox inbox;

	private final SelectionKey key;

	/** The other end, once it has said so. */
	private volatile @Nullable Long member;

	private final AtomicBoolean dropping = new AtomicBoolean();

	/**
	 * Create.
	 * @param channel an open connection
	 * @param member the other end, or {@code null} if it has yet to say who it is
	 */
	Connection(SocketChannel channel, @Nullable Long member, Selector selector) throws IOException {
		this.channel = channel;
		this.member = member;
		channel.configureBlocking(false);
		this.outbox = new Outbox(channel);
		this.inbox = new Inbox(channel);
		this.key = channel.register(selector, SelectionKey.OP_READ, this);
	}

	@Nullable Long member() {
		return this.member;
	}

	void isOf(long id) {
		this.member = id;
	}

	/**
	 * Send a frame.
	 * @param frame an encoded frame, which is consumed
	 * @return {@code false} if it was dropped
	 * @throws IOException if the connection is gone
	 * @throws java.nio.channels.CancelledKeyException if the group has closed it
	 */
	boolean send(ByteBuffer frame) throws IOException {
		Outbox.Outcome outcome = this.outbox.add(frame);
		if (outcome == Outbox.Outcome.WAITS) {
			this.key.interestOpsOr(SelectionKey.OP_WRITE);
			this.key.selector().wakeup();
		}
		return outcome != Outbox.Outcome.DROPPED;
	}

	/** Whether this is the first frame that was dropped since nothing waited. */
	boolean beginsToDrop() {
		return this.dropping.compareAndSet(false, true);
	}

	/**
	 * Read and write what is possible.
	 * @return {@code false} at the end of the connection
	 * @throws IOException if the connection is gone, or what has arrived is no frame
	 */
	boolean advance(Consumer<Frame> frames) throws IOException {
		if (this.key.isWritable()) {
			// Before the flush: what is added after it asks for it again.
			this.key.interestOpsAnd(~SelectionKey.OP_WRITE);
			if (this.outbox.flush()) {
				this.dropping.set(false);
			}
			else {
				this.key.interestOpsOr(SelectionKey.OP_WRITE);
			}
		}
		return !this.key.isReadable() || this.inbox.read(frames);
	}

	boolean isFlushed() {
		return this.outbox.isEmpty();
	}

	void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// It is closed all the same.
		}
	}

}
