package io.unicorn.launch.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

import io.unicorn.launch.workdir.FileStamp;
import org.jspecify.annotations.Nullable;

/**
 * Finds, checks, installs and removes the file of a {@link ClassDataCache}. Its name
 * contains its size and checksum, because a JVM does not check a file that it maps, and
 * crashes if the file is cut off. The file is read once, and again when its stamp has
 * changed. Not thread-safe; any number of processes may use one directory.
 */
public final class CacheFile {

	private static final Pattern NAME = Pattern.compile("cache-[0-9a-f]+-[0-9a-f]{8}-\\d{1,15}\\.(?:aot|jsa)");

	/** A file that was marked as used within this time is not marked again. */
	private static final Duration MARK_INTERVAL = Duration.ofMinutes(1);

	private static final int BUFFER_BYTES = 1 << 17;

	private final ClassDataCache cache;

	private @Nullable Path file;

	private FileStamp read = FileStamp.ABSENT;

	/** Result of a check. */
	public enum State {

		/** There is a file, and its checksum is right. */
		GOOD,

		/** There is no file, or it cannot be read. */
		MISSING,

		/** There was a file with a wrong checksum; it has been removed. */
		DAMAGED

	}

	/**
	 * Create without a look at the disk.
	 */
	public CacheFile(ClassDataCache cache) {
		this.cache = cache;
	}

	/**
	 * Check the file. Reads all of it, unless its stamp is that of the last check.
	 */
	public State check() {
		try {
			Path found = find();
			if (found == null) {
				forget();
				return State.MISSING;
			}
			if (found.equals(this.file) && this.read.equals(FileStamp.of(found))) {
				return State.GOOD;
			}
			return check(found);
		}
		catch (IOException ex) {
			forget();
			return State.MISSING;
		}
	}

	private State check(Path found) throws IOException {
		forget();
		if (!found.getFileName().toString().equals(name(found))) {
			Files.deleteIfExists(found);
			return State.DAMAGED;
		}
		mark(found, Instant.now());
		this.read = FileStamp.of(found);
		this.file = found;
		return State.GOOD;
	}

	/**
	 * Mark a file as used by its modification time, unless it was marked recently: a mark
	 * changes the stamp, so other processes read the file again.
	 */
	private static void mark(Path file, Instant now) {
		try {
			if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(MARK_INTERVAL))) {
				Files.setLastModifiedTime(file, FileTime.from(now));
			}
		}
		catch (IOException ex) {
			// Nothing is removed on a read-only file system either,
			// and the read that follows finds a missing file.
		}
	}

	/**
	 * Return the file if it exists, without a check.
	 */
	public Optional<Path> existing() {
		try {
			return Optional.ofNullable(find());
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private @Nullable Path find() throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.cache.directory(),
				"cache-" + this.cache.key() + "-*." + this.cache.form().extension())) {
			for (Path found : files) {
				return found;
			}
			return null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private String name(Path content) throws IOException {
		CRC32C checksum = new CRC32C();
		long size = 0;
		try (FileChannel channel = FileChannel.open(content)) {
			ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
			while (channel.read(buffer) >= 0) {
				size += buffer.position();
				checksum.update(buffer.flip());
				buffer.clear();
			}
		}
		return "cache-%s-%08x-%d.%s".formatted(this.cache.key(), checksum.getValue(), size,
				this.cache.form().extension());
	}

	/**
	 * Return the JVM flags with which a JVM uses the file, in byte form. They belong in
	 * front of the user's.
	 * @throws IllegalStateException if the last check was not {@link State#GOOD}
	 */
	public List<String> options() {
		return this.cache.useFlags(path());
	}

	/**
	 * Return the file.
	 * @throws IllegalStateException if the last check was not {@link State#GOOD}
	 */
	public Path path() {
		if (this.file == null) {
			throw new IllegalStateException("there is no cache " + this.cache.key());
		}
		return this.file;
	}

	/**
	 * Write a file to the disk and then rename it to its final name, so that a power
	 * failure leaves no incomplete cache.
	 * @param made a file on the same file system
	 * @return its size in bytes
	 * @throws NoSuchFileException if it does not exist
	 */
	long install(Path made) throws IOException {
		Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
		try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
			channel.force(true);
		}
		Path target = this.cache.directory().resolve(name(made));
		remove();
		Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
		return Files.size(target);
	}

	/**
	 * Remove the file, if it exists. Processes that have it mapped keep it.
	 */
	public void remove() throws IOException {
		forget();
		for (Path found = find(); found != null; found = find()) {
			Files.delete(found);
		}
	}

	private void forget() {
		this.file = null;
		this.read = FileStamp.ABSENT;
	}

	/**
	 * Return whether a file has the name of a cache.
	 */
	public static boolean isCache(Path file) {
		return NAME.matcher(file.getFileName().toString()).matches();
	}

}
