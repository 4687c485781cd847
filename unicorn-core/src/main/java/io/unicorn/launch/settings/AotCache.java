package io.unicorn.launch.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Says whether workers start from a class-data cache ({@code unicorn.aot-cache}).
 */
public enum AotCache {

	/** A cache is trained in the background if the JVM can use one. */
	AUTO,

	/** No cache is made or used. */
	OFF;

	/**
	 * Return the name as it is written in configuration.
	 */
	String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the setting with a configuration name.
	 * @throws IllegalArgumentException if there is none; the message lists all names
	 */
	static AotCache of(String name) {
		for (AotCache value : values()) {
			if (value.configName().equals(name)) {
				return value;
			}
		}
		throw new IllegalArgumentException("unknown aot-cache '" + name + "', known are " + names());
	}

	/**
	 * Return all configuration names, separated by commas, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(AotCache::configName).collect(Collectors.joining(", "));
	}

}
