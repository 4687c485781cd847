package io.unicorn.launch.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Says how a worker serves requests ({@code unicorn.worker-class}). The names are
 * Gunicorn's where there is one.
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
	GTHREAD,

	/**
	 * Serves each request on a virtual thread, and has a limit of connections. Needs JDK
	 * 21.
	 */
	VIRTUAL,

	/**
	 * Serves many requests at a time on a few threads that do not block, as a reactive
	 * application does.
	 */
	EVENT_LOOP;

	/** The first JDK with virtual threads. */
	private static final int JDK_OF_VIRTUAL_THREADS = 21;

	/** Gunicorn's names of what is the same here. */
	private static final Map<String, WorkerClass> ALIASES = Map.of("threads", GTHREAD, "gevent", VIRTUAL, "eventlet",
			VIRTUAL, "asgi", EVENT_LOOP, "tornado", EVENT_LOOP);

	/**
	 * Return whether a JDK can serve in this way.
	 * @param jdk the feature version of the JDK, such as 17
	 */
	public boolean isPossibleOn(int jdk) {
		return this != VIRTUAL || jdk >= JDK_OF_VIRTUAL_THREADS;
	}

	/**
	 * Return the name as it is written in configuration.
	 */
	public String configName() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Return the class with a configuration name or an alias, in upper or lower case.
	 * @throws IllegalArgumentException if there is none; the message lists all names
	 */
	public static WorkerClass of(String name) {
		String lower = name.trim().toLowerCase(Locale.ROOT);
		for (WorkerClass value : values()) {
			if (value.configName().equals(lower)) {
				return value;
			}
		}
		WorkerClass alias = ALIASES.get(lower);
		if (alias != null) {
			return alias;
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
