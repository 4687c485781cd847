package io.unicorn.launch.plan;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The forms in which structured log lines tell the time, each with the token that stands
 * for it in a template of {@link MasterLog}.
 */
public enum LogTime {

	/** In UTC, as in the Elastic Common Schema. */
	INSTANT {

		@Override
		public String format(Instant time, ZoneId zone) {
			return time.toString();
		}

	},

	/** With the offset of the time zone, as in Logstash. */
	OFFSET {

		@Override
		public String format(Instant time, ZoneId zone) {
			return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(ZonedDateTime.ofInstant(time, zone));
		}

	},

	/** Without an offset. */
	LOCAL {

		@Override
		public String format(Instant time, ZoneId zone) {
			return LOCAL_TIME.format(ZonedDateTime.ofInstant(time, zone));
		}

	},

	/** Seconds since 1970 with a fraction, as in GELF. */
	SECONDS {

		@Override
		public String format(Instant time, ZoneId zone) {
			return BigDecimal.valueOf(time.toEpochMilli()).movePointLeft(3).toPlainString();
		}

	},

	/** Milliseconds since 1970. */
	MILLIS {

		@Override
		public String format(Instant time, ZoneId zone) {
			return Long.toString(time.toEpochMilli());
		}

	};

	private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS",
			Locale.ROOT);

	/** Return what stands for the time in a template. */
	public String token() {
		return "@unicorn." + name() + "@";
	}

	/** Return a time in this form. */
	public abstract String format(Instant time, ZoneId zone);

}
