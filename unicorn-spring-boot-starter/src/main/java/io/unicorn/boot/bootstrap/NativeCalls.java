package io.unicorn.boot.bootstrap;

import java.nio.file.Path;

import io.unicorn.posix.JnrPosix;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Loads what calls the operating system.
 */
final class NativeCalls {

	private NativeCalls() {
	}

	/**
	 * Load it.
	 * @param directory directory of the native library, or {@code null} if it is to be
	 * unpacked
	 */
	static Posix load(@Nullable Path directory) {
		if (directory != null) {
			System.setProperty("jffi.boot.library.path", directory.toString());
		}
		try {
			return new JnrPosix();
		}
		catch (LinkageError | RuntimeException ex) {
			throw new MasterNotStartedException("The native library cannot be loaded",
					"If unicorn.work-dir lies on a file system that is mounted noexec, set it to another directory; "
							+ "if the JVM forbids native access, start it with --enable-native-access=ALL-UNNAMED.",
					ex);
		}
	}

}
