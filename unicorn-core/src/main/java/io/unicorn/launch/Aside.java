package io.unicorn.launch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory beside the final ones, in which something is made before it is renamed to
 * its name, or into which something is renamed before it is deleted: nobody sees anything
 * half made or half deleted. What is left in it goes when it is closed.
 */
final class Aside implements Closeable {

	private static final String PREFIX = "new-";

	/** Far longer than anybody needs to make something. */
	private static final Duration ABANDONED = Duration.ofHours(1);

	private final Path path;

	private Aside(Path path) {
		this.path = path;
	}

	static Aside create(Path parent) throws IOException {
		return new Aside(Files.createTempDirectory(parent, PREFIX, WorkDir.PRIVATE_DIRECTORY));
	}

	/**
	 * Whether a name is that of such a directory.
	 */
	static boolean isName(Path name) {
		return name.toString().startsWith(PREFIX);
	}

	/**
	 * Delete those that a process has left behind when it was killed.
	 */
	static void prune(Path parent, Instant now) {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path entry : entries) {
				FileTime modified = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS);
				if (modified.toInstant().isBefore(now.minus(ABANDONED))) {
					delete(entry);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// The next one tries again.
		}
	}

	Path path() {
		return this.path;
	}

	/**
	 * Take a directory away from its name. Processes that have files of it open keep
	 * them.
	 * @return where it is now
	 */
	Path take(Path directory) throws IOException {
		Path target = Files.createTempDirectory(this.path, "old-", WorkDir.PRIVATE_DIRECTORY).resolve("taken");
		return Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
	}

	@Override
	public void close() {
		delete(this.path);
	}

	/**
	 * Delete as much as possible.
	 */
	private static void delete(Path path) {
		try {
			if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
				for (Path entry : list(path)) {
					delete(entry);
				}
			}
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			// It is pruned later, if at all possible.
		}
	}

	private static List<Path> list(Path directory) throws IOException {
		List<Path> list = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
			entries.forEach(list::add);
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		return list;
	}

}
