package io.unicorn.boot.bootstrap;

import java.nio.file.Path;

import io.unicorn.posix.Posix;
import io.unicorn.posix.jnr.JnrPosix;
import org.jspecify.annotations.Nullable;

/**
 * Loads the implementation of {@link Posix}.
 */
final class PosixLoader {

	private static final String DIRECTORY_PROPERTY = "jffi.boot.library.path";

	private PosixLoader() {
	}

	/**
	 * Load it.
	 * @param directory directory of the native library, or {@code null} to unpack it into
	 * a temporary file
	 * @throws PoolStartException if the library cannot be loaded
	 */
	static Posix load(@Nullable Path directory) {
		String before = System.getProperty(DIRECTORY_PROPERTY);
		if (directory != null) {
			System.setProperty(DIRECTORY_PROPERTY, directory.toString());
		}
		try {
			return new JnrPosix();
		}
		catch (LinkageError | RuntimeException ex) {
			throw new PoolStartException("the native library cannot be loaded",
					"The application must contain com.github.jnr:jffi with its native library for this processor; "
							+ "if the JVM forbids native access, start it with --enable-native-access=ALL-UNNAMED.",
					ex);
		}
		finally {
			// The application may use jffi itself, if this process stays the only one.
			restore(before);
		}
	}

	private static void restore(@Nullable String directory) {
		if (directory != null) {
			System.setProperty(DIRECTORY_PROPERTY, directory);
		}
		else {
			System.clearProperty(DIRECTORY_PROPERTY);
		}
	}

}
