package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * One connection on which requests are sent and their answers thrown away. Not
 * thread-safe but for {@link #close}.
 */
abstract class Conversation implements AutoCloseable {

	/** The result of {@link #get} where the protocol's client does not look for it. */
	static final int UNKNOWN = 0;

	private final Socket socket;

	private final long deadline;

	private int requests;

	private volatile boolean over;

	/**
	 * Begin to talk.
	 * @param socket the connection, which is closed with this conversation
	 * @param deadline the {@link System#nanoTime()} at which all answers must be there
	 */
	Conversation(Socket socket, long deadline) {
		this.socket = socket;
		this.deadline = deadline;
	}

	/**
	 * Send a request and read its answer to the end.
	 * @param target path and query
	 * @return the status, or {@link #UNKNOWN}
	 * @throws SocketTimeoutException if there is no complete answer at the deadline
	 * @throws IOException if there is none for another reason
	 */
	final int get(String target) throws IOException {
		int before = this.requests++;
		// An encrypted connection reads before it writes for the first time.
		limitWait();
		return exchange(target, before);
	}

	/**
	 * Send a request and read its answer to the end.
	 * @param before how many requests there were before it
	 */
	abstract int exchange(String target, int before) throws IOException;

	/**
	 * Wait for the other end no longer than until the deadline.
	 * @throws SocketTimeoutException if it has passed
	 */
	final void limitWait() throws IOException {
		long left = this.deadline - System.nanoTime();
		if (left <= 0) {
			throw new SocketTimeoutException("the time is over");
		}
		this.socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + 1));
	}

	/** The server takes no other request on this connection. */
	final void end() {
		this.over = true;
	}

	/**
	 * Return the number of requests that were sent.
	 */
	final int requests() {
		return this.requests;
	}

	/**
	 * Whether the server takes no other request on this connection.
	 */
	final boolean isOver() {
		return this.over;
	}

	@Override
	public final void close() {
		this.over = true;
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// There is nothing more to be said on it.
		}
	}

}
