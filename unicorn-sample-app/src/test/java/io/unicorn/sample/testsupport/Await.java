package io.unicorn.sample.testsupport;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for conditions in other processes by polling.
 */
public final class Await {

	private static final long INTERVAL_MILLIS = 20;

	private Await() {
	}

	/**
	 * Wait until a condition holds.
	 * @param timeout how long to wait at most
	 * @param what describes what is missing when the time is over
	 * @param condition the condition
	 */
	public static void until(Duration timeout, Supplier<String> what, BooleanSupplier condition) {
		if (!holds(timeout, condition)) {
			throw new AssertionError("Waited %d ms in vain for %s".formatted(timeout.toMillis(), what.get()));
		}
	}

	/**
	 * Wait for a condition that may come true.
	 * @param timeout how long to wait at most
	 * @param condition the condition
	 * @return whether it did
	 */
	public static boolean holds(Duration timeout, BooleanSupplier condition) {
		long end = System.nanoTime() + timeout.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end >= 0) {
				return false;
			}
			try {
				Thread.sleep(INTERVAL_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new AssertionError("Interrupted while waiting", ex);
			}
		}
		return true;
	}

}
