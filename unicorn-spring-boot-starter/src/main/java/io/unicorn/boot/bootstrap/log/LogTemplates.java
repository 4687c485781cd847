package io.unicorn.boot.bootstrap.log;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.launch.plan.LogTime;
import io.unicorn.launch.plan.MasterLog;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Makes the templates by which the master logs as the application does where that logs
 * JSON. The application's own encoders print sample lines, so the templates have its
 * fields, whatever has configured them.
 */
public final class LogTemplates {

	private static final String LOGBACK = "ch.qos.logback.classic.LoggerContext";

	private static final String CONSOLE = "logging.structured.format.console";

	private static final String FILE = "logging.structured.format.file";

	/** Two times without a digit in common, to recognize a time in a sample. */
	private static final List<Instant> TIMES = List.of(Instant.parse("2001-02-03T04:05:06.789Z"),
			Instant.parse("2012-11-21T15:36:47.125Z"));

	private final long pid;

	private final ZoneId zone;

	LogTemplates(long pid, ZoneId zone) {
		this.pid = pid;
		this.zone = zone;
	}

	/** Prints a sample as the log would. */
	interface Samples {

		/**
		 * Return the line of an event whose message is {@link MasterLog#MESSAGE}, or
		 * {@code null} if nothing prints it.
		 */
		@Nullable String line(String level, Instant time);

	}

	/**
	 * Return how the master logs.
	 */
	public static MasterLog of(Environment environment, ClassLoader classLoader) {
		LogTemplates templates = new LogTemplates(ProcessHandle.current().pid(), ZoneId.systemDefault());
		Samples console = (level, time) -> null;
		Samples file = console;
		if (ClassUtils.isPresent(LOGBACK, classLoader)) {
			LogbackSamples logback = LogbackSamples.ofRoot();
			console = logback::onConsole;
			file = logback::inFile;
		}
		LogFile logFile = LogFile.get(environment);
		return new MasterLog((logFile != null) ? logFile.toString() : null,
				templates.of(console, environment.getProperty(CONSOLE)),
				templates.of(file, environment.getProperty(FILE)));
	}

	/**
	 * Return a template for each level, or none if the log is text.
	 * @param format Spring Boot's format of a structured log, used if there is no sample
	 * or its time cannot be recognized
	 */
	List<String> of(Samples samples, @Nullable String format) {
		List<String> templates = new ArrayList<>();
		for (String level : MasterLog.LEVELS) {
			String sample = samples.line(level, TIMES.get(0));
			String other = samples.line(level, TIMES.get(1));
			if (sample == null || other == null) {
				return (format != null) ? CommonLogTemplates.of(format) : List.of();
			}
			if (!sample.startsWith("{") || !sample.contains(MasterLog.MESSAGE)) {
				return List.of();
			}
			String template = template(sample, TIMES.get(0));
			if (!template.equals(template(other, TIMES.get(1)))) {
				return CommonLogTemplates.of((format != null) ? format : "");
			}
			templates.add(template);
		}
		return templates;
	}

	private String template(String sample, Instant time) {
		String template = sample;
		for (LogTime form : LogTime.values()) {
			template = template.replace(form.format(time, this.zone), form.token());
		}
		return template.replaceAll("(?<=[:\"])" + this.pid + "(?=[\",}])", MasterLog.PID);
	}

}
