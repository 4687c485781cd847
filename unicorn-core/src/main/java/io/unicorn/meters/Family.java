package io.unicorn.meters;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Describes the series of one name.
 *
 * @param name the name as it is published, without what a format appends
 * @param type what the series are
 * @param help what is measured, for people; may be empty
 */
public record Family(String name, Type type, String help) {

	/** What the series of a family are. */
	public enum Type {

		/** A value that only grows. */
		COUNTER(0),

		/** A value that goes up and down. */
		GAUGE(1),

		/** A number of events, their sum, and maybe quantiles. */
		SUMMARY(2),

		/** Numbers of events by upper bound, and their sum. */
		HISTOGRAM(3),

		/** As {@link #HISTOGRAM}, of what there is now: the numbers go up and down. */
		GAUGE_HISTOGRAM(4),

		/** Labels without a value. */
		INFO(5),

		/** A value of unknown meaning. */
		UNKNOWN(6);

		private final int code;

		Type(int code) {
			this.code = code;
		}

		/** Return what stands for it in a part. */
		int code() {
			return this.code;
		}

		/** Return the type with this code, or {@code null} if there is none. */
		static @Nullable Type of(int code) {
			return Arrays.stream(values()).filter((type) -> type.code == code).findFirst().orElse(null);
		}

	}

}
