package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * One connection on which requests are sent and their answers thrown away. Not
 * thread-safe but for {@link #close}.
 */
interface Conversation extends AutoCloseable {

	/** The result of {@link #get} where the protocol's client does not look for it. */
	int UNKNOWN = 0;

	/**
	 * Send a request and read its answer to the end.
	 * @param target path and query
	 * @return the status, or {@link #UNKNOWN}
	 * @throws SocketTimeoutException if there is no complete answer at the deadline
	 * @throws IOException if there is none for another reason
	 */
	int get(String target) throws IOException;

	/**
	 * Return the number of requests that were sent.
	 */
	int requests();

	/**
	 * Whether the server takes no other request on this connection.
	 */
	boolean isOver();

	@Override
	void close();

	/**
	 * Return how long to wait for the other end, in milliseconds from 1 on.
	 * @param deadline the {@link System#nanoTime()} at which all answers must be there
	 * @throws SocketTimeoutException if it has passed
	 */
	static int timeLeft(long deadline) throws SocketTimeoutException {
		long left = deadline - System.nanoTime();
		if (left <= 0) {
			throw new SocketTimeoutException("the time is over");
		}
		return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + 1);
	}

}
