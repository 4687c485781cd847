package io.unicorn.launch.generation;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Identifies a copy of the application in the work dir, from which workers run. The copy
 * never changes, so the original may be overwritten, truncated or deleted while they run.
 * Immutable.
 *
 * @param id hash of the content, in hexadecimal digits
 * @param directory the directory of the copy
 * @param jar the jar in it that workers run
 * @param form how the copy was made
 */
public record Generation(String id, Path directory, Path jar, Form form) {

	public Generation {
		Objects.requireNonNull(form, "form");
		if (!jar.startsWith(directory)) {
			throw new IllegalArgumentException(jar + " is not in " + directory);
		}
	}

	/**
	 * Says how a copy was made.
	 */
	public enum Form {

		/**
		 * A jar with the application's classes, whose manifest names the libraries beside
		 * it. The JVM reads them itself, without Spring Boot's loader.
		 */
		EXTRACTED,

		/** The original jar, and the files that its manifest names, byte for byte. */
		COPIED

	}

}
