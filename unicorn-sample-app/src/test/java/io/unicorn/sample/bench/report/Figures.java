package io.unicorn.sample.bench.report;

import java.util.Locale;

/**
 * Formats numbers with their significant digits.
 */
final class Figures {

	private Figures() {
	}

	/**
	 * Return a number with three significant digits, or as many as it has before the
	 * point.
	 */
	static String text(double value) {
		double size = Math.abs(value);
		if (value == Math.rint(value) && size < 1e6) {
			return format("%,.0f", value);
		}
		if (size >= 100) {
			return format("%,.0f", value);
		}
		if (size >= 10) {
			return format("%.1f", value);
		}
		if (size >= 0.1) {
			return format("%.2f", value);
		}
		return (size >= 0.0005) ? format("%.3f", value) : "< 0.001";
	}

	private static String format(String format, double value) {
		return String.format(Locale.ROOT, format, value);
	}

}
