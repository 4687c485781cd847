package io.unicorn.boot.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Holds the connections of a server, each from its accept until the server has closed it.
 * Thread-safe.
 *
 * @param <C> the server's type of a connection
 */
public final class OpenConnections<C> {

	/** The time after which a thread that waits looks whether the server has stopped. */
	private static final long STOP_CHECK_MILLIS = 20;

	private final Set<C> open = ConcurrentHashMap.newKeySet();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/**
	 * Add a connection that has been accepted.
	 */
	public void add(C connection) {
		this.open.add(connection);
	}

	/**
	 * Remove a connection that has been closed, if it is among these.
	 */
	public void remove(C connection) {
		if (this.open.remove(connection)) {
			wake();
		}
	}

	/**
	 * Return the number of open connections.
	 */
	public int count() {
		return this.open.size();
	}

	/**
	 * Perform an action for each open connection.
	 */
	public void forEach(Consumer<C> action) {
		this.open.forEach(action);
	}

	/**
	 * Wait until fewer connections than a limit are open, or until the server does not
	 * serve any more.
	 */
	public void awaitFewerThan(int limit, BooleanSupplier serving) throws InterruptedException {
		this.lock.lock();
		try {
			while (count() >= limit && serving.getAsBoolean()) {
				var unused = this.changed.await(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let {@link #awaitFewerThan} ask again whether the server serves.
	 */
	public void wake() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until no connection is open, or the thread is interrupted.
	 * @param timeout how long to wait at most
	 * @return the number of connections left
	 */
	public int awaitNone(Duration timeout) {
		this.lock.lock();
		try {
			long nanos = timeout.toNanos();
			while (count() > 0 && nanos > 0) {
				nanos = this.changed.awaitNanos(nanos);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
		return count();
	}

}
