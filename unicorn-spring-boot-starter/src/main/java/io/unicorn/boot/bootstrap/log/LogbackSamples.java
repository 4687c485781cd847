package io.unicorn.boot.bootstrap.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import io.unicorn.launch.plan.MasterLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Encodes samples as Logback's appenders do, without logging them.
 */
final class LogbackSamples {

	private final @Nullable OutputStreamAppender<ILoggingEvent> console;

	private final @Nullable OutputStreamAppender<ILoggingEvent> file;

	private final @Nullable Logger logger;

	private LogbackSamples(@Nullable Logger root) {
		this.logger = (root != null) ? root.getLoggerContext().getLogger(MasterLog.LOGGER) : null;
		this.console = (root != null) ? find(root, ConsoleAppender.class) : null;
		this.file = (root != null) ? find(root, FileAppender.class) : null;
	}

	/**
	 * Return samples of the root logger, without a line if Logback is not in use.
	 */
	static LogbackSamples ofRoot() {
		return new LogbackSamples((LoggerFactory.getILoggerFactory() instanceof LoggerContext context)
				? context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) : null);
	}

	static LogbackSamples of(Logger root) {
		return new LogbackSamples(root);
	}

	/** Return a line as it would be on the console. */
	@Nullable String onConsole(String level, Instant time) {
		return line(this.console, level, time);
	}

	/** Return a line as it would be in the log file. */
	@Nullable String inFile(String level, Instant time) {
		return line(this.file, level, time);
	}

	private @Nullable String line(@Nullable OutputStreamAppender<ILoggingEvent> appender, String level, Instant time) {
		if (appender == null || appender.getEncoder() == null || this.logger == null) {
			return null;
		}
		LoggingEvent event = new LoggingEvent(MasterLog.LOGGER, this.logger, Level.toLevel(level), MasterLog.MESSAGE,
				null, null);
		event.setThreadName(MasterLog.THREAD);
		event.setMDCPropertyMap(Map.of());
		event.setInstant(time);
		try {
			return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
		}
		catch (RuntimeException ex) {
			// An encoder of the user's that refuses the sample does not end the start.
			return null;
		}
	}

	/** Find an appender, also behind one that only passes events on. */
	@SuppressWarnings("unchecked")
	private static @Nullable OutputStreamAppender<ILoggingEvent> find(AppenderAttachable<ILoggingEvent> parent,
			Class<?> type) {
		for (Iterator<Appender<ILoggingEvent>> appenders = parent.iteratorForAppenders(); appenders.hasNext();) {
			Appender<ILoggingEvent> appender = appenders.next();
			OutputStreamAppender<ILoggingEvent> found = type.isInstance(appender)
					? (OutputStreamAppender<ILoggingEvent>) appender
					: (appender instanceof AppenderAttachable<?> nested)
							? find((AppenderAttachable<ILoggingEvent>) nested, type) : null;
			if (found != null) {
				return found;
			}
		}
		return null;
	}

}
