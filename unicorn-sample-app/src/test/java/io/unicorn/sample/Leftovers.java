package io.unicorn.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds what a pool has left behind.
 */
final class Leftovers {

	/**
	 * What may remain in the work directory when the pool has ended: copies of the
	 * application and what makes them start faster, and the master's own class path,
	 * which the next start uses again, and what was written for the operator.
	 */
	static final List<String> DOCUMENTED = List.of("generations/**", "cache/**", "lib/**", "dumps/**");

	/**
	 * The state of a listening socket in {@code /proc/net/tcp}.
	 */
	private static final String LISTEN = "0A";

	private Leftovers() {
	}

	/**
	 * The files in a directory that match none of the patterns.
	 */
	static List<Path> files(Path directory, List<String> allowed) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> !Files.isDirectory(file))
				.map(directory::relativize)
				.filter((file) -> allowed.stream()
					.noneMatch((glob) -> FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(file)))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether any process listens on a port. Read instead of tried: a connection that is
	 * made to find out would be one that nobody answers.
	 */
	static boolean isListening(int port) {
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
