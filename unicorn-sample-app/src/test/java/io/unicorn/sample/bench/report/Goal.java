package io.unicorn.sample.bench.report;

import java.util.Locale;

/**
 * The value that a figure should reach.
 *
 * @param kind whether the limit is the least or the greatest good value
 * @param limit the limit, which itself is good
 * @param unit what is counted, empty for a ratio
 */
public record Goal(Kind kind, double limit, String unit) {

	public static Goal atMost(double limit, String unit) {
		return new Goal(Kind.AT_MOST, limit, unit);
	}

	public static Goal atLeast(double limit, String unit) {
		return new Goal(Kind.AT_LEAST, limit, unit);
	}

	boolean isMetBy(double value) {
		return (this.kind == Kind.AT_MOST) ? value <= this.limit : value >= this.limit;
	}

	@Override
	public String toString() {
		return (this.kind.sign + " " + Figures.text(this.limit) + " " + this.unit).strip();
	}

	enum Kind {

		AT_MOST("≤"), AT_LEAST("≥");

		private final String sign;

		Kind(String sign) {
			this.sign = sign;
		}

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
