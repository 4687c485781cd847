package io.unicorn.ipc.group;

import java.util.function.Consumer;

import io.unicorn.ipc.Blob;

/**
 * Gets what other members of a {@link Group} send. All methods are called on one thread,
 * which also serves the other members, so they must not block. What they throw is
 * counted, and the group goes on.
 */
public interface GroupReceiver {

	/**
	 * A message has arrived. The messages of one sender arrive in the order of sending.
	 * @param sender id of the member that has sent it
	 * @param topic what it is about
	 * @param payload its content, for the receiver to keep
	 */
	void received(long sender, String topic, byte[] payload);

	/**
	 * A request has arrived.
	 * @param sender id of the member that asks
	 * @param topic what it is about
	 * @param payload its content, for the receiver to keep
	 * @param reply sends the reply, once, on any thread
	 */
	void requested(long sender, String topic, byte[] payload, Reply reply);

	/**
	 * A member has come. It gets what is sent from now on.
	 * @param member its id
	 */
	default void joined(long member) {
	}

	/**
	 * A member has gone, or its connection was lost.
	 * @param member its id
	 */
	default void left(long member) {
	}

	/**
	 * A member does not read, so that messages to it are dropped from now on, until it
	 * has read what waits.
	 * @param member its id
	 */
	default void dropping(long member) {
	}

	/** Replies to a request. Thread-safe. */
	final class Reply {

		private final Consumer<Frame> connection;

		private final long number;

		Reply(Consumer<Frame> connection, long number) {
			this.connection = connection;
			this.number = number;
		}

		/**
		 * Send what was asked for.
		 * @param payload at most {@value Group#MAX_BYTES} bytes
		 */
		public void send(byte[] payload) {
			this.connection.accept(new Frame(Frame.Type.REPLY, this.number, "", Blob.of(payload)));
		}

		/**
		 * Say that there is no reply.
		 * @param problem why, for the log of the member that asks
		 */
		public void fail(String problem) {
			this.connection.accept(new Frame(Frame.Type.FAILURE, this.number, problem, Blob.EMPTY));
		}

	}

}
