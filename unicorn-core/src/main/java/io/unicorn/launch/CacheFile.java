package io.unicorn.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link ClassDataCache}. Its name holds its checksum, so it is complete as
 * soon as it has a name: a JVM believes what it maps, and dies of a file that is cut off.
 * It is read once, and again when it has been touched. Not thread-safe; any number of
 * processes may use one directory.
 */
public final class CacheFile {

	private static final Pattern NAME = Pattern.compile("cache-([0-9a-f]+)-([0-9a-f]{8})-(\\d{1,15})\\.(?:aot|jsa)");

	/** A mark of use is that old at most when somebody needs the file. */
	private static final Duration MARKED = Duration.ofMinutes(1);

	/** A start that has just found a file has this long to claim its directory. */
	private static final Duration UNUSED = Duration.ofMinutes(10);

	private static final int BUFFER_BYTES = 1 << 17;

	private final ClassDataCache cache;

	private @Nullable Path file;

	private FileStamp read = FileStamp.ABSENT;

	/** What there is. */
	public enum State {

		/** A file that was found good. */
		GOOD,

		/** No file. */
		MISSING,

		/** A file that is not what was written; it is removed. */
		DAMAGED

	}

	public CacheFile(ClassDataCache cache) {
		this.cache = cache;
	}

	/**
	 * Return whether there is a file that can be used. Reads it, if it is not as it was
	 * when it was read last.
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
	 * Note that it is in use, unless that is known: a mark makes others read it again.
	 */
	private static void mark(Path file, Instant now) {
		try {
			if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(MARKED))) {
				Files.setLastModifiedTime(file, FileTime.from(now));
			}
		}
		catch (IOException ex) {
			// On a read-only file system nobody prunes; a missing file is found out.
		}
	}

	private @Nullable Path find() throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.cache.directory(),
				"cache-" + this.cache.key() + "-*." + this.cache.form().extension())) {
			for (Path candidate : files) {
				return candidate;
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
	 * Return the JVM flags by which a worker uses the file.
	 * @throws IllegalStateException if it was not found good
	 */
	public List<String> options() {
		return this.cache.using(path());
	}

	/**
	 * Return the file.
	 * @throws IllegalStateException if it was not found good
	 */
	public Path path() {
		if (this.file == null) {
			throw new IllegalStateException("there is no cache " + this.cache.key());
		}
		return this.file;
	}

	/**
	 * Put a file in its place. It is safe from a power failure when it gets its name.
	 * @param made a file on the same file system
	 * @return its size in bytes
	 * @throws NoSuchFileException if there is none
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
	 * Remove the file. Processes that have it mapped keep it.
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
	 * Remove the caches of a generation that nobody wants and nobody has begun to use for
	 * ten minutes.
	 * @param wanted keys of those that stay
	 * @throws IOException if one cannot be removed
	 */
	public static void prune(Path directory, Collection<String> wanted, Instant now) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "cache-*")) {
			for (Path file : files) {
				Matcher name = NAME.matcher(file.getFileName().toString());
				if (name.matches() && !wanted.contains(name.group(1))
						&& Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
							.toInstant()
							.isBefore(now.minus(UNUSED))) {
					Files.deleteIfExists(file);
				}
			}
		}
		catch (NoSuchFileException ex) {
			// The whole generation is gone.
		}
	}

}
