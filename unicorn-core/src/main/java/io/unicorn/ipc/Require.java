package io.unicorn.ipc;

/**
 * Checks the ranges of numbers and sizes in messages, so that neither end gets one out of
 * range.
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

	static void atMost(int maximum, String name, Blob bytes) {
		if (bytes.length() > maximum) {
			throw new IllegalArgumentException(
					name + " must be at most " + maximum + " bytes but is " + bytes.length());
		}
	}

}
