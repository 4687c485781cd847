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
	 * application, what is remembered of them and what makes them start faster, and the
	 * master's own class path, which the next start uses again, and what was written for
	 * the operator.
	 */
	static final List<String> DOCUMENTED = List.of("generations/**", "generations.lock", "training.lock", "index/**",
			"lib/**", "dumps/**");

	/**
	 * The beginning of the name of a directory in which something is made, and which must
	 * not remain wherever it is.
	 */
	private static final String HALF_MADE = "new-";

	/**
	 * The state of a listening socket in {@code /proc/net/tcp}.
	 */
	private static final String LISTEN = "0A";

	private Leftovers() {
	}

	/**
	 * The files in a directory that match none of the patterns, and whatever is half
	 * made.
	 */
	static List<Path> files(Path directory, List<String> allowed) {
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

	private static boolean isHalfMade(Path file) {
		return file.getFileName().toString().startsWith(HALF_MADE);
	}

	private static boolean isAllowed(Path file, List<String> allowed) {
		return allowed.stream()
			.anyMatch((glob) -> FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(file));
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
