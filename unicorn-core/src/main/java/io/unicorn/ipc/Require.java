package io.unicorn.ipc;

/**
 * Checks the ranges of numbers in messages, so that neither end gets one out of range.
 */
final class Require {

	private Require() {
	}

	static void atLeast(long minimum, String name, double value) {
		if (!(value >= minimum && Double.isFinite(value))) {
			throw new IllegalArgumentException(name + " must be at least " + minimum + " but is " + value);
		}
	}

	static void atLeast(long minimum, String name, long value) {
		if (value < minimum) {
			throw new IllegalArgumentException(name + " must be at least " + minimum + " but is " + value);
		}
	}

}
