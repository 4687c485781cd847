package io.unicorn.launch;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What workers run: a copy of the application in the private directory that nobody
 * changes. The file that was given may be overwritten, truncated or deleted while they
 * run.
 *
 * @param id hash of the content, in hexadecimal digits
 * @param directory where the copy is
 * @param jar what stands behind {@code -jar}
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
	 * How a copy is made.
	 */
	public enum Form {

		/**
		 * The application's classes are a jar of their own, whose manifest names the
		 * libraries beside it. The JVM reads them itself, without Spring Boot's loader.
		 */
		EXTRACTED,

		/** The same file, and those that its manifest names, byte for byte. */
		COPIED

	}

}
