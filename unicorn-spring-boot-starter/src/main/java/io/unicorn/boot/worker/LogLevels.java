package io.unicorn.boot.worker;

import java.util.function.BiConsumer;

import io.unicorn.ipc.Message.LogLevelRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Changes the levels of this worker's loggers.
 */
public final class LogLevels implements BiConsumer<String, String> {

	private static final Log logger = LogFactory.getLog(LogLevels.class);

	private final LoggingSystem system;

	/**
	 * Create.
	 * @param system the application's logging system
	 */
	public LogLevels(LoggingSystem system) {
		this.system = system;
	}

	/**
	 * Change a level. What the logging system throws is logged.
	 * @param name the name of the logger
	 * @param level one of {@link LogLevelRequest#LEVELS}
	 */
	@Override
	public void accept(String name, String level) {
		try {
			this.system.setLogLevel(name, level(level));
		}
		catch (RuntimeException ex) {
			logger.warn("The level of logger " + name + " cannot be changed to " + level, ex);
		}
	}

	private static @Nullable LogLevel level(String level) {
		return level.equals(LogLevelRequest.INHERITED) ? null : LogLevel.valueOf(level);
	}

}
