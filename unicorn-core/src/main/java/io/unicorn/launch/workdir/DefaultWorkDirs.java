package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.posix.OwnUser;
import org.jspecify.annotations.Nullable;

/**
 * Lists where the work dir of a user may be.
 */
public final class DefaultWorkDirs {

	/** A file system in memory, which is writable even if all others are read-only. */
	private static final Path MEMORY = Path.of("/dev/shm");

	private DefaultWorkDirs() {
	}

	/**
	 * Return the paths: the usual one in the directory of temporary files, then those in
	 * memory, in the runtime directory of the user's session, and in the user's home.
	 */
	public static List<Path> all() {
		return all(System.getProperty("java.io.tmpdir"), System.getProperty("user.home"), System.getenv());
	}

	static List<Path> all(@Nullable String temporary, @Nullable String home, Map<String, String> environment) {
		String name = name(System.getProperty("user.name"));
		Set<Path> paths = new LinkedHashSet<>();
		add(paths, temporary, name);
		paths.add(MEMORY.resolve(name));
		add(paths, environment.get("XDG_RUNTIME_DIR"), "unicorn");
		add(paths, home, ".cache/unicorn");
		return List.copyOf(paths);
	}

	/**
	 * Return the path in memory.
	 */
	public static Path inMemory() {
		return MEMORY.resolve(name(System.getProperty("user.name")));
	}

	/**
	 * Add a path, unless this JVM cannot express it. A user without an entry in
	 * {@code /etc/passwd} has a question mark for a home.
	 */
	private static void add(Set<Path> paths, @Nullable String directory, String name) {
		try {
			if (directory != null && directory.startsWith("/")) {
				paths.add(Path.of(directory, name));
			}
		}
		catch (InvalidPathException ex) {
			// The other paths are left.
		}
	}

	/**
	 * Return the name of a directory of the user: with the number where the name has
	 * other characters than a file should, or is not known.
	 */
	static String name(@Nullable String user) {
		if (user != null && user.matches("[A-Za-z0-9_.-]+")) {
			return "unicorn-" + user;
		}
		try {
			return "unicorn-" + Integer.toUnsignedString(OwnUser.id());
		}
		catch (IOException ex) {
			return "unicorn";
		}
	}

}
