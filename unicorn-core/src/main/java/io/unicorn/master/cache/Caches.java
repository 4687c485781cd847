package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.unicorn.launch.cache.CacheFile;
import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.master.arbiter.pool.Event;

/**
 * Gives workers the flags of their cache of class data, and checks whether they use it: a
 * JVM that finds a cache unsuitable starts without it. Used by the master's main thread
 * alone.
 */
public final class Caches {

	/** The signals that end a JVM which is at fault itself: ILL, ABRT, BUS, FPE, SEGV. */
	private static final Set<Integer> CRASHES = Set.of(4, 6, 7, 8, 11);

	private record Given(String key, Path file) {

	}

	private final Path processes;

	private final Consumer<Event.CacheEvent> events;

	private final Map<String, CacheFile> byKey = new HashMap<>();

	/** Keys of the caches that there were at the last look. */
	private final Set<String> found = new HashSet<>();

	/** The cache that a worker which is not ready yet was started with. */
	private final Map<Long, Given> byWorker = new HashMap<>();

	/**
	 * Create.
	 * @param processes the directory {@code /proc}
	 * @param events is told of caches that are of no use
	 */
	public Caches(Path processes, Consumer<Event.CacheEvent> events) {
		this.processes = processes;
		this.events = events;
	}

	/**
	 * Return the key of the cache that suits the workers of a plan; empty if there is
	 * none.
	 */
	public static String key(LaunchPlan plan) {
		return ClassDataCache.of(plan).map(ClassDataCache::key).orElse("");
	}

	/**
	 * Return the JVM flags by which a worker uses its cache, if there is one.
	 * @param worker the arbiter's number of it
	 */
	public List<String> optionsFor(long worker, LaunchPlan plan) {
		ClassDataCache cache = ClassDataCache.of(plan).orElse(null);
		if (cache == null || !exists(cache)) {
			return List.of();
		}
		CacheFile file = file(cache);
		this.byWorker.put(worker, new Given(cache.key(), file.path()));
		return file.options();
	}

	/** Whether there is a cache that can be used. */
	public boolean exists(ClassDataCache cache) {
		CacheFile.State state = file(cache).check();
		if (state == CacheFile.State.DAMAGED) {
			this.events.accept(new Event.CacheRejected(cache.key(), "its file is damaged"));
		}
		if (state == CacheFile.State.GOOD) {
			this.found.add(cache.key());
		}
		else if (this.found.remove(cache.key()) && state == CacheFile.State.MISSING) {
			this.events.accept(new Event.CacheLost(cache.key()));
		}
		return state == CacheFile.State.GOOD;
	}

	private CacheFile file(ClassDataCache cache) {
		return this.byKey.computeIfAbsent(cache.key(), (key) -> new CacheFile(cache));
	}

	/**
	 * See whether a worker that is ready uses its cache.
	 * @param worker the arbiter's number of it
	 */
	public void inspect(long worker, int pid) {
		Given given = this.byWorker.remove(worker);
		if (given != null && !maps(this.processes.resolve(pid + "/maps"), given.file())) {
			drop(given, "the JVM does not use it");
		}
	}

	/**
	 * Drop the cache of a worker that crashed before it was ready: the cache may be the
	 * cause, and then each later worker would crash as well.
	 * @param worker the arbiter's number of it
	 * @param signal the signal that has ended it, or 0
	 */
	public void exited(long worker, int signal) {
		Given given = this.byWorker.remove(worker);
		if (given != null && CRASHES.contains(signal)) {
			drop(given, "a JVM crashed that was booting from it");
		}
	}

	/** Remove a cache, unless it was replaced meanwhile. */
	private void drop(Given given, String cause) {
		CacheFile file = this.byKey.get(given.key());
		if (file == null || file.check() != CacheFile.State.GOOD || !file.path().equals(given.file())) {
			return;
		}
		try {
			file.remove();
		}
		catch (IOException ex) {
			// The next worker is started with it again, and is seen not to use it.
		}
		this.found.remove(given.key());
		this.events.accept(new Event.CacheRejected(given.key(), cause));
	}

	/**
	 * Whether a process has mapped a file; also true if its mappings cannot be read.
	 * @param maps what it has mapped, {@code /proc/<pid>/maps}
	 */
	static boolean maps(Path maps, Path file) {
		try {
			return Files.readString(maps, StandardCharsets.ISO_8859_1).contains("/" + file.getFileName());
		}
		catch (IOException ex) {
			return true;
		}
	}

}
