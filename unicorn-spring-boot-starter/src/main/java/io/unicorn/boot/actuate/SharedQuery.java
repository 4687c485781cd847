package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Sends one query at a time, for all who want to know. However many requests come, the
 * master gets at most one query per {@link #PAUSE}. Thread-safe.
 *
 * @param <T> the answer
 */
final class SharedQuery<T> {

	/** The shortest time between two queries. */
	static final Duration PAUSE = Duration.ofMillis(100);

	/** Sends the query. */
	interface Query<T> {

		/**
		 * Return the answer, or {@code null} if there is none.
		 * @throws InterruptedException if the thread is interrupted meanwhile
		 */
		@Nullable T ask() throws InterruptedException;

	}

	private final Query<T> query;

	private final long maxAgeNanos;

	/**
	 * Fair, because a thread that asks again must not overtake those that could share the
	 * answer. Not a monitor, which would pin a virtual thread before JDK 24.
	 */
	private final Lock lock = new ReentrantLock(true);

	private @Nullable T last;

	private long lastSent;

	/** When the last query was sent or, if it has no answer, when it was given up. */
	private long lastValid;

	private boolean asked;

	/**
	 * Create.
	 * @param maxAge how long before the call the query of an answer may have been sent;
	 * zero if what has happened until the call has to be in it
	 */
	SharedQuery(Query<T> query, Duration maxAge) {
		this.query = query;
		this.maxAgeNanos = maxAge.toNanos();
	}

	/**
	 * Return an answer, {@code null} if there was none or the thread is interrupted.
	 */
	@Nullable T answer() {
		long oldest = System.nanoTime() - this.maxAgeNanos;
		try {
			this.lock.lockInterruptibly();
			try {
				if (!this.asked || this.lastValid - oldest < 0) {
					ask();
				}
				return this.last;
			}
			finally {
				this.lock.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	private void ask() throws InterruptedException {
		if (this.asked) {
			TimeUnit.NANOSECONDS.sleep(this.lastSent + PAUSE.toNanos() - System.nanoTime());
		}
		this.asked = true;
		this.lastSent = System.nanoTime();
		this.last = null;
		this.last = this.query.ask();
		this.lastValid = (this.last != null) ? this.lastSent : System.nanoTime();
	}

}
