package io.unicorn.master.arbiter.pool;

import java.time.Duration;

/**
 * Formats numbers and times for log lines.
 */
public final class LogFormat {

	private LogFormat() {
	}

	/**
	 * Return a number of things: {@code 1 worker}, {@code 4 workers}.
	 * @param singular the name of one of them; the plural adds an s
	 */
	public static String count(long number, String singular) {
		return number + " " + singular + ((number == 1) ? "" : "s");
	}

	/**
	 * Return a text as a part of one log line: cut off, and with blanks in the place of
	 * control characters, which could begin another line.
	 * @param most how many characters it may have
	 */
	public static String phrase(String text, int most) {
		String line = text.chars().noneMatch(Character::isISOControl) ? text
				: text.codePoints()
					.map((character) -> Character.isISOControl(character) ? ' ' : character)
					.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
					.toString();
		return cut(line, most);
	}

	/** Return a text that is not longer than the given number of characters. */
	public static String cut(String text, int most) {
		return (text.length() > most) ? text.substring(0, most - 1) + "…" : text;
	}

	/** Return a number of workers: {@code 4 workers}. */
	public static String workers(long number) {
		return count(number, "worker");
	}

	/**
	 * Return a measured time in milliseconds: {@code 1913 ms}.
	 */
	public static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

	/**
	 * Return a time in its two largest units: {@code 0.5 s}, {@code 42 s},
	 * {@code 3 h 5 min}.
	 */
	public static String rough(Duration duration) {
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
