package io.unicorn.master;

import java.time.Duration;

/**
 * Numbers as an operator reads them.
 */
final class Phrases {

	private Phrases() {
	}

	/**
	 * Return a count with its thousands apart: {@code 10 000}.
	 */
	static String grouped(long number) {
		String digits = Long.toString(number);
		StringBuilder result = new StringBuilder(digits);
		for (int at = digits.length() - 3; at > (number < 0 ? 1 : 0); at -= 3) {
			result.insert(at, ' ');
		}
		return result.toString();
	}

	/**
	 * Return a number of things: {@code 1 worker}, {@code 4 workers}.
	 * @param singular what one of them is called; the plural adds an s
	 */
	static String count(long number, String singular) {
		return grouped(number) + " " + singular + ((number == 1) ? "" : "s");
	}

	static String workers(long number) {
		return count(number, "worker");
	}

	/**
	 * Return a time that was measured: {@code 1 913 ms}.
	 */
	static String millis(Duration duration) {
		return grouped(duration.toMillis()) + " ms";
	}

	/**
	 * Return a time in its two largest units: {@code 0.5 s}, {@code 42 s},
	 * {@code 3 h 5 min}.
	 */
	static String rough(Duration duration) {
		long seconds = duration.toSeconds();
		if (seconds < 10) {
			long tenths = duration.toMillis() / 100;
			return (tenths % 10 == 0) ? (tenths / 10) + " s" : (tenths / 10) + "." + (tenths % 10) + " s";
		}
		if (seconds < 120) {
			return seconds + " s";
		}
		if (seconds < 7200) {
			return twoUnits(seconds, 60, " min", " s");
		}
		if (seconds < 172_800) {
			return twoUnits(seconds / 60, 60, " h", " min");
		}
		return twoUnits(seconds / 3600, 24, " d", " h");
	}

	private static String twoUnits(long amount, int factor, String large, String small) {
		long rest = amount % factor;
		return (amount / factor) + large + ((rest != 0) ? " " + rest + small : "");
	}

}
