package io.unicorn.boot.jetty;

import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.eclipse.jetty.io.SelectorManager;

/**
 * Holds the connections of a connector, each from its accept until Jetty has closed it.
 * Thread-safe.
 */
final class OpenConnections implements SelectorManager.AcceptListener {

	/** The time after which a thread that waits looks whether the server has stopped. */
	private static final long STOP_CHECK_MILLIS = 20;

	private final Set<SelectableChannel> open = new HashSet<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	void add(SelectableChannel connection) {
		this.lock.lock();
		try {
			this.open.add(connection);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void remove(SelectableChannel connection) {
		this.lock.lock();
		try {
			if (this.open.remove(connection)) {
				this.changed.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
		remove(channel);
	}

	@Override
	public void onClosed(SelectableChannel channel) {
		remove(channel);
	}

	int count() {
		this.lock.lock();
		try {
			return this.open.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until fewer connections than a limit are open, or until the server does not
	 * serve any more.
	 */
	void awaitFewerThan(int limit, BooleanSupplier serving) throws InterruptedException {
		this.lock.lock();
		try {
			while (this.open.size() >= limit && serving.getAsBoolean()) {
				var unused = this.changed.await(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Let {@link #awaitFewerThan} ask again whether the server serves. */
	void wake() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until no connection is open.
	 * @param timeout how long to wait at most
	 * @return the number of connections left
	 */
	int awaitNone(Duration timeout) {
		this.lock.lock();
		try {
			long nanos = timeout.toNanos();
			while (!this.open.isEmpty() && nanos > 0) {
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
