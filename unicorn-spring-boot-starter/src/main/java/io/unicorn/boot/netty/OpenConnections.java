package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.netty.channel.Channel;

/**
 * Holds the connections of a server, from their accept until their end. Thread-safe.
 */
final class OpenConnections {

	/** The time after which a thread that waits looks whether the server has stopped. */
	private static final Duration STOP_CHECK = Duration.ofMillis(20);

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition ended = this.lock.newCondition();

	void add(Channel connection) {
		this.open.add(connection);
		var unused = connection.closeFuture().addListener((closed) -> remove(connection));
	}

	void remove(Channel connection) {
		this.open.remove(connection);
		this.lock.lock();
		try {
			this.ended.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	int count() {
		return this.open.size();
	}

	void forEach(Consumer<Channel> action) {
		this.open.forEach(action);
	}

	/** Wait until fewer connections are open, or until the server has stopped. */
	void awaitFewer(int most, BooleanSupplier running) {
		while (count() >= most && running.getAsBoolean()) {
			awaitFewer(most, STOP_CHECK);
		}
	}

	/**
	 * Wait until no connection is open.
	 * @return how many still are
	 */
	int awaitNone(Duration timeout) {
		awaitFewer(1, timeout);
		return count();
	}

	/** Wait, whatever ends meanwhile. */
	void pause(Duration time) {
		awaitFewer(0, time);
	}

	private void awaitFewer(int most, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		this.lock.lock();
		try {
			long left = timeout.toNanos();
			while (count() >= most && left > 0) {
				var unused = this.ended.await(left, TimeUnit.NANOSECONDS);
				left = deadline - System.nanoTime();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

}
