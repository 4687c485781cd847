package io.unicorn.sample.testsupport.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds what a pool has left behind.
 */
public final class Leftovers {

	/**
	 * The files that may remain in the work directory after a pool: copies of the
	 * application with their index and caches, the class path of the master and HTTP
	 * sessions, which the next start reuses, and dumps for the operator.
	 */
	public static final List<String> DOCUMENTED = List.of("generations/**", "generations.lock", "training.lock",
			"index/**", "lib/**", "dumps/**", "sessions/**");

	/**
	 * The prefix of staging directories, which must not remain anywhere.
	 */
	private static final String HALF_MADE = "new-";

	/**
	 * The state of a listening socket in {@code /proc/net/tcp}.
	 */
	private static final String LISTEN = "0A";

	private Leftovers() {
	}

	/**
	 * The files in a directory that match none of the patterns, and any staging
	 * directory.
	 */
	public static List<Path> files(Path directory, List<String> allowed) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(directory)) {
			return files
				.filter((file) -> isHalfMade(file)
						|| (!Files.isDirectory(file) && !isAllowed(directory.relativize(file), allowed)))
				.map(directory::relativize)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The files in which HotSpot publishes the counters of a JVM, wherever the user's
	 * temporary directory is.
	 */
	static List<Path> performanceData(long pid) {
		try (DirectoryStream<Path> users = Files.newDirectoryStream(Path.of("/tmp"), "hsperfdata_*")) {
			return StreamSupport.stream(users.spliterator(), false)
				.map((user) -> user.resolve(Long.toString(pid)))
				.filter(Files::exists)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isHalfMade(Path file) {
		return file.getFileName().toString().startsWith(HALF_MADE);
	}

	private static boolean isAllowed(Path file, List<String> allowed) {
		return allowed.stream()
			.anyMatch((glob) -> FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(file));
	}

	/**
	 * Whether any process listens on a port. Reads {@code /proc/net/tcp}, because a
	 * connection attempt would remain unanswered in the backlog.
	 */
	public static boolean isListening(int port) {
		return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
			.map(Path::of)
			.filter(Files::exists)
			.flatMap((table) -> lines(table).stream().skip(1))
			.map((line) -> line.strip().split("\\s+", -1))
			.anyMatch((fields) -> fields[3].equals(LISTEN)
					&& Integer.parseInt(fields[1].substring(fields[1].lastIndexOf(':') + 1), 16) == port);
	}

	private static List<String> lines(Path table) {
		try {
			return Files.readAllLines(table, StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
