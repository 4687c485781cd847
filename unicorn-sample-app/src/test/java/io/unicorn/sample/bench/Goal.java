package io.unicorn.sample.bench;

import java.util.Locale;

/**
 * What a figure should come to.
 *
 * @param kind on which side of the limit it is good
 * @param limit the limit, which is good itself
 * @param unit what is counted, empty for a ratio
 */
record Goal(Kind kind, double limit, String unit) {

	static Goal atMost(double limit, String unit) {
		return new Goal(Kind.AT_MOST, limit, unit);
	}

	static Goal atLeast(double limit, String unit) {
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
