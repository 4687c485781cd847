package io.unicorn.launch;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Whether workers start from a cache of the data of their classes.
 */
public enum AotCache {

	/** A cache is trained in the background, where the JVM can use one. */
	AUTO,

	/** There is none. */
	OFF;

	/**
	 * Return the name as it is written in configuration.
	 */
	public String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the setting with the given configuration name.
	 * @throws IllegalArgumentException if there is none; the message lists what exists
	 */
	static AotCache of(String name) {
		for (AotCache candidate : values()) {
			if (candidate.configName().equals(name)) {
				return candidate;
			}
		}
		throw new IllegalArgumentException("unknown aot-cache '" + name + "', known are " + names());
	}

	/**
	 * Return all configuration names, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(AotCache::configName).collect(Collectors.joining(", "));
	}

}
