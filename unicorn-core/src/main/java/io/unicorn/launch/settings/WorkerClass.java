package io.unicorn.launch.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Says how a worker serves requests ({@code unicorn.worker-class}). The names are
 * Gunicorn's.
 */
public enum WorkerClass {

	/**
	 * Serves one request at a time, without keep-alive. A request that takes longer than
	 * the timeout counts as a hang.
	 */
	SYNC,

	/**
	 * Serves many requests at a time, one thread each.
	 */
	GTHREAD;

	/**
	 * Return the name as it is written in configuration.
	 */
	public String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the class with a configuration name, in upper or lower case.
	 * @throws IllegalArgumentException if there is none; the message lists all names
	 */
	static WorkerClass of(String name) {
		for (WorkerClass value : values()) {
			if (value.configName().equals(name.trim().toLowerCase(Locale.ROOT))) {
				return value;
			}
		}
		throw new IllegalArgumentException("unknown worker class '" + name + "', known are " + names());
	}

	/**
	 * Return all configuration names, separated by commas, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(WorkerClass::configName).sorted().collect(Collectors.joining(", "));
	}

}
