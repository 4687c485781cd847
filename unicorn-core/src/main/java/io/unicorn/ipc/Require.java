package io.unicorn.ipc;

/**
 * The ranges that messages insist on, so that no number out of range gets past the
 * decoder.
 */
final class Require {

	private Require() {
	}

	static void atLeast(long minimum, String name, long value) {
		if (value < minimum) {
			throw new IllegalArgumentException(name + " must be at least " + minimum + " but is " + value);
		}
	}

}
