package io.unicorn.sample.soak;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Shared state of the clients of one soak: the phase and the stop. Thread-safe.
 */
final class Progress {

	private final LongAdder sent = new LongAdder();

	private final CountDownLatch stop = new CountDownLatch(1);

	private volatile Phase phase = Phase.WARM_UP;

	Phase phase() {
		return this.phase;
	}

	void enter(Phase next) {
		this.phase = next;
	}

	void sent(int requests) {
		this.sent.add(requests);
	}

	long sentCount() {
		return this.sent.sum();
	}

	void stop() {
		this.stop.countDown();
	}

	/**
	 * Wait until a time, as {@link System#nanoTime()} tells it, or until the end.
	 * @return whether the end has come
	 */
	boolean stopsBefore(long nanoTime) {
		try {
			return this.stop.await(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

}
