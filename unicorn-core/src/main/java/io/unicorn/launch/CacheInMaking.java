package io.unicorn.launch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link ClassDataCache} that is being made, by one process at a time of all that use a
 * private directory. Not thread-safe.
 */
public final class CacheInMaking implements Closeable {

	private static final String LOCK = "training.lock";

	private final ClassDataCache cache;

	private final FileChannel lock;

	private final Aside aside;

	private CacheInMaking(ClassDataCache cache, FileChannel lock, Aside aside) {
		this.cache = cache;
		this.lock = lock;
		this.aside = aside;
	}

	/**
	 * Begin, unless another process makes a cache.
	 * @param workDir the private directory
	 * @throws IOException if nothing can be written there
	 */
	public static Optional<CacheInMaking> begin(Path workDir, ClassDataCache cache) throws IOException {
		FileChannel channel = FileChannel.open(workDir.resolve(LOCK),
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), WorkDir.PRIVATE_FILE);
		try {
			if (channel.tryLock() != null) {
				Aside.prune(cache.directory(), Instant.now());
				return Optional.of(new CacheInMaking(cache, channel, Aside.create(cache.directory())));
			}
		}
		catch (OverlappingFileLockException ex) {
			// It is this process that makes one.
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
		channel.close();
		return Optional.empty();
	}

	/** Where the JVM puts the cache, and files that it needs on the way. */
	Path file() {
		return this.aside.path().resolve("cache");
	}

	/**
	 * Return the file for what the processes print that make the cache.
	 */
	public Path output() {
		return this.aside.path().resolve("output");
	}

	ClassDataCache cache() {
		return this.cache;
	}

	/**
	 * Put what was made in its place. May take as long as it takes to write a file of
	 * some 100 MB to the disk.
	 * @return its size in bytes
	 * @throws NoSuchFileException if nothing was made
	 * @throws IOException if it cannot be put there
	 */
	public long install() throws IOException {
		return new CacheFile(this.cache).install(file());
	}

	/**
	 * Remove what is left and let others make caches. The processes that make this one
	 * must have ended, or be about to.
	 */
	@Override
	public void close() {
		this.aside.close();
		try {
			this.lock.close();
		}
		catch (IOException ex) {
			// It is let go of when this process ends.
		}
	}

}
