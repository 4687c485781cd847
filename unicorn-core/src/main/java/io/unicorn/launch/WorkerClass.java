package io.unicorn.launch;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a worker serves requests. The names are Gunicorn's.
 */
public enum WorkerClass {

	/**
	 * One request at a time, no keep-alive. A request that takes longer than the timeout
	 * counts as a hang.
	 */
	SYNC,

	/**
	 * Many requests at a time, one thread each.
	 */
	GTHREAD;

	/**
	 * Return the name as it is written in configuration.
	 */
	public String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the class with the given configuration name, in any case.
	 * @throws IllegalArgumentException if there is none; the message lists what exists
	 */
	public static WorkerClass of(String name) {
		for (WorkerClass candidate : values()) {
			if (candidate.configName().equals(name.trim().toLowerCase(Locale.ROOT))) {
				return candidate;
			}
		}
		throw new IllegalArgumentException("unknown worker class '" + name + "', known are " + names());
	}

	/**
	 * Return all configuration names, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(WorkerClass::configName).sorted().collect(Collectors.joining(", "));
	}

}
