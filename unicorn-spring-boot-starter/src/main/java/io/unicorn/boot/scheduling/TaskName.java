package io.unicorn.boot.scheduling;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names an object so that other processes with the same code give it the same name.
 */
final class TaskName {

	/** What differs from process to process: the number of a lambda, an identity. */
	private static final Pattern OF_PROCESS = Pattern.compile("(\\$\\$Lambda|@[0-9a-f]+$).*");

	private TaskName() {
	}

	static String of(Object object) {
		return OF_PROCESS.matcher(object.toString()).replaceFirst("");
	}

	/**
	 * Return the key under which something is left to the next leader. It is short,
	 * because all that is left has a limit.
	 */
	static String key(String prefix, String name) {
		return prefix + Long
			.toHexString(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits());
	}

}
