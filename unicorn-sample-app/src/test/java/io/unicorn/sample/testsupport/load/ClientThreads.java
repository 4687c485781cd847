package io.unicorn.sample.testsupport.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the threads of clients.
 */
public final class ClientThreads {

	private ClientThreads() {
	}

	/**
	 * Wait until all threads have ended, but not longer than a timeout for all together.
	 * An interrupt ends the wait and is kept.
	 * @param threads the threads
	 * @param timeout how long to wait at most
	 */
	public static void join(List<Thread> threads, Duration timeout) {
		long end = System.nanoTime() + timeout.toNanos();
		try {
			for (Thread thread : threads) {
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
