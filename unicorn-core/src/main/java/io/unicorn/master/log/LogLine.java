package io.unicorn.master.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

import io.unicorn.launch.plan.LogTime;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.pool.Effect;

/**
 * Formats lines of the log: as text in the format of Spring Boot, or by the templates of
 * the application's structured log. Immutable.
 *
 * @param templates a template for each level, or none
 */
record LogLine(int pid, String application, List<String> templates) {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
			Locale.ROOT);

	/** Return a line with its end. */
	String of(Effect.Level level, Instant now, String text) {
		Instant time = now.truncatedTo(ChronoUnit.MILLIS);
		ZoneId zone = ZoneId.systemDefault();
		if (this.templates.isEmpty()) {
			return TIME.format(ZonedDateTime.ofInstant(time, zone)) + " "
					+ String.format(Locale.ROOT, "%5s", level.name()) + " " + this.pid + " --- "
					+ (this.application.isEmpty() ? "" : "[" + this.application + "] ") + "[         "
					+ MasterLog.THREAD + "] " + MasterLog.LOGGER + "                 : " + text + "\n";
		}
		String line = this.templates.get(MasterLog.LEVELS.indexOf(level.name()));
		for (LogTime form : LogTime.values()) {
			line = line.replace(form.token(), form.format(time, zone));
		}
		return line.replace(MasterLog.PID, Integer.toString(this.pid)).replace(MasterLog.MESSAGE, escaped(text));
	}

	private static String escaped(String text) {
		StringBuilder json = new StringBuilder();
		text.chars().forEach((c) -> {
			switch (c) {
				case '"', '\\' -> json.append('\\').append((char) c);
				case '\n' -> json.append("\\n");
				case '\r' -> json.append("\\r");
				case '\t' -> json.append("\\t");
				default -> {
					if (c < ' ') {
						json.append(String.format(Locale.ROOT, "\\u%04x", c));
					}
					else {
						json.append((char) c);
					}
				}
			}
		});
		return json.toString();
	}

}
