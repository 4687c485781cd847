package io.unicorn.master;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.unicorn.launch.CacheFile;
import io.unicorn.launch.ClassDataCache;
import io.unicorn.launch.LaunchPlan;

/**
 * The caches of class data that workers are started with, and whether they use them: a
 * JVM that finds a cache unsuitable goes on without it. Used by the master's main thread
 * alone.
 */
final class Caches {

	/** The signals that end a JVM which is at fault itself: ILL, ABRT, BUS, FPE, SEGV. */
	private static final Set<Integer> CRASHES = Set.of(4, 6, 7, 8, 11);

	private record Given(String key, Path file) {

	}

	private final Path processes;

	private final Consumer<Event.OfCache> events;

	private final Map<String, CacheFile> byKey = new HashMap<>();

	/** What workers were started with that are not ready. */
	private final Map<Long, Given> byWorker = new HashMap<>();

	/**
	 * Create.
	 * @param processes the directory {@code /proc}
	 * @param events is told of caches that are of no use
	 */
	Caches(Path processes, Consumer<Event.OfCache> events) {
		this.processes = processes;
		this.events = events;
	}

	/**
	 * Return the key of the cache that suits the workers of a plan; empty if there is
	 * none.
	 */
	static String key(LaunchPlan plan) {
		return ClassDataCache.of(plan).map(ClassDataCache::key).orElse("");
	}

	/**
	 * Return the JVM flags by which a worker uses its cache, if there is one.
	 * @param worker the arbiter's number of it
	 */
	List<String> optionsFor(long worker, LaunchPlan plan) {
		ClassDataCache cache = ClassDataCache.of(plan).orElse(null);
		if (cache == null || !exists(cache)) {
			return List.of();
		}
		CacheFile file = file(cache);
		this.byWorker.put(worker, new Given(cache.key(), file.path()));
		return file.options();
	}

	/** Whether there is a cache that can be used. */
	boolean exists(ClassDataCache cache) {
		CacheFile.State state = file(cache).check();
		if (state == CacheFile.State.DAMAGED) {
			this.events.accept(new Event.CacheRejected(cache.key(), "its file is damaged"));
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
	void inspect(long worker, int pid) {
		Given given = this.byWorker.remove(worker);
		if (given != null && !maps(this.processes.resolve(pid + "/maps"), given.file())) {
			drop(given, "the JVM does not use it");
		}
	}

	/**
	 * Take notice of the end of a worker. A JVM that crashes before it was ready may have
	 * been led astray, and so would all that follow.
	 * @param worker the arbiter's number of it
	 * @param signal the signal that has ended it, or 0
	 */
	void exited(long worker, int signal) {
		Given given = this.byWorker.remove(worker);
		if (given != null && CRASHES.contains(signal)) {
			drop(given, "a JVM crashed that was booting from it");
		}
	}

	/** Unless another has taken its place meanwhile. */
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
		this.events.accept(new Event.CacheRejected(given.key(), cause));
	}

	/**
	 * Whether a process has mapped a file. If it cannot be seen, nothing is wrong as far
	 * as anybody knows.
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
