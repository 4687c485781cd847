package io.unicorn.launch.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.unicorn.launch.workdir.StagingDirectory;
import io.unicorn.launch.workdir.WorkDir;

/**
 * Makes a {@link ClassDataCache}. A lock admits one build at a time among all processes
 * that share a work dir. Not thread-safe.
 */
public final class CacheBuild implements Closeable {

	private static final String LOCK = "training.lock";

	private final ClassDataCache cache;

	private final FileChannel lock;

	private final StagingDirectory staging;

	private CacheBuild(ClassDataCache cache, FileChannel lock, StagingDirectory staging) {
		this.cache = cache;
		this.lock = lock;
		this.staging = staging;
	}

	/**
	 * Begin a build, unless a cache is being made for this work dir.
	 * @param workDir the work dir
	 * @param cache the cache to make, whose directory exists
	 * @return the build, which the caller closes, or empty if another build is under way,
	 * in this process or in another
	 * @throws IOException if the work dir or the directory of the cache cannot be written
	 */
	public static Optional<CacheBuild> begin(Path workDir, ClassDataCache cache) throws IOException {
		FileChannel channel = FileChannel.open(workDir.resolve(LOCK),
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), WorkDir.PRIVATE_FILE);
		try {
			if (channel.tryLock() != null) {
				StagingDirectory.prune(cache.directory(), Instant.now());
				return Optional.of(new CacheBuild(cache, channel, StagingDirectory.create(cache.directory())));
			}
		}
		catch (OverlappingFileLockException ex) {
			// This process makes a cache.
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
		channel.close();
		return Optional.empty();
	}

	/** Return the file into which the JVM writes the cache. */
	Path file() {
		return this.staging.path().resolve("cache");
	}

	/**
	 * Return the file for the output of the processes that make the cache.
	 */
	public Path output() {
		return this.staging.path().resolve("output");
	}

	/**
	 * Move the file that was made to its place. Takes as long as to write a file of some
	 * 100 MB to the disk.
	 * @return its size in bytes
	 * @throws NoSuchFileException if no file was made
	 * @throws IOException if it cannot be moved
	 */
	public long install() throws IOException {
		return new CacheFile(this.cache).install(file());
	}

	/**
	 * Return the flags of a JVM that makes the cache when it ends, in byte form.
	 */
	public List<String> flags() {
		return this.cache.createFlags(file());
	}

	/**
	 * Delete the remaining files, and admit other builds. The processes of this build
	 * must have ended, or be about to end.
	 */
	@Override
	public void close() {
		this.staging.close();
		try {
			this.lock.close();
		}
		catch (IOException ex) {
			// The kernel releases the lock when this process ends.
		}
	}

}
