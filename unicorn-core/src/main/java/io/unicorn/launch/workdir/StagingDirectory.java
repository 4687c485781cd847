package io.unicorn.launch.workdir;

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
 * Holds files while they are made or deleted. A directory is built here and then renamed
 * to its final name, or renamed into here and then deleted, so that no process sees a
 * part of it under its name. {@link #close} deletes what is left. For one thread.
 */
public final class StagingDirectory implements Closeable {

	private static final String PREFIX = "new-";

	/** Much longer than a process needs to make anything. */
	private static final Duration ABANDONED = Duration.ofHours(1);

	private final Path path;

	private StagingDirectory(Path path) {
		this.path = path;
	}

	/**
	 * Create one with a unique name and mode 0700.
	 * @param parent the directory of the final names, so that a rename is atomic
	 */
	public static StagingDirectory create(Path parent) throws IOException {
		return new StagingDirectory(Files.createTempDirectory(parent, PREFIX, WorkDir.PRIVATE_DIRECTORY));
	}

	/**
	 * Return whether a name is that of a staging directory.
	 */
	public static boolean isName(Path name) {
		return name.toString().startsWith(PREFIX);
	}

	/**
	 * Delete the staging directories that killed processes have left: those older than an
	 * hour. Errors are ignored.
	 * @param parent where they are
	 */
	public static void prune(Path parent, Instant now) {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path entry : entries) {
				FileTime modified = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS);
				if (modified.toInstant().isBefore(now.minus(ABANDONED))) {
					delete(entry);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// The next call tries again.
		}
	}

	/**
	 * Return the path of this directory.
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * Rename a file or directory into this one. Processes that have its files open keep
	 * them.
	 * @return the new path
	 */
	public Path take(Path directory) throws IOException {
		Path target = Files.createTempDirectory(this.path, "old-", WorkDir.PRIVATE_DIRECTORY).resolve("taken");
		return Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
	}

	@Override
	public void close() {
		delete(this.path);
	}

	/**
	 * Delete a file or directory, as far as possible.
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
			// A later prune tries again.
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
