package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import io.unicorn.launch.CacheFile;
import io.unicorn.launch.Claims;
import io.unicorn.launch.ClassDataCache;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.MasterArchive;
import io.unicorn.launch.WorkDir;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the pool needs in the private directory, and removes what nobody needs. Runs
 * on a thread of its own, because a directory may take long to remove.
 */
final class Housekeeping {

	private final ExecutorService executor = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "unicorn-housekeeping");
		thread.setDaemon(true);
		return thread;
	});

	private final Path directory;

	private final int pid;

	private final LogQueue log;

	private boolean reported;

	Housekeeping(Path directory, int pid, LogQueue log) {
		this.directory = directory;
		this.pid = pid;
		this.log = log;
	}

	/**
	 * Keep what these plans need, and remove what neither they nor others need.
	 * @param lastGood directory of the generation before, which stays as long as there is
	 * no later one
	 */
	void keep(Collection<LaunchPlan> plans, @Nullable Path lastGood) {
		Set<Path> needed = new LinkedHashSet<>();
		plans.forEach((plan) -> needed.addAll(plan.directories()));
		if (lastGood != null) {
			needed.add(lastGood);
		}
		Map<Path, Set<String>> caches = new HashMap<>();
		plans.stream()
			.flatMap((plan) -> Stream.concat(ClassDataCache.of(plan).stream(), MasterArchive.of(plan).stream()))
			.forEach((cache) -> caches.computeIfAbsent(cache.directory(), (directory) -> new HashSet<>())
				.add(cache.key()));
		this.executor.execute(() -> hold(needed, caches));
	}

	/**
	 * Claim what is needed, and prune.
	 * @param caches the keys of the caches that are wanted, by generation
	 */
	private void hold(Set<Path> needed, Map<Path, Set<String>> caches) {
		try {
			Claims claims = Claims.of(WorkDir.open(this.directory), this.pid);
			claims.hold(needed);
			claims.prune(new ArrayList<>(needed));
			for (Map.Entry<Path, Set<String>> generation : caches.entrySet()) {
				// Another pool may run the same code with other flags, and want others.
				if (!claims.isShared(generation.getKey())) {
					CacheFile.prune(generation.getKey(), generation.getValue(), Instant.now());
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			if (!this.reported) {
				this.reported = true;
				this.log.write(Effect.Level.WARN, "old copies of the application cannot be removed: " + ex);
			}
		}
	}

	/**
	 * Need nothing any more; the master ends.
	 * @param own a file that belongs to this master alone, or {@code null}
	 */
	void leave(@Nullable Path own) {
		try {
			if (own != null) {
				Files.deleteIfExists(own);
			}
			Claims.of(WorkDir.open(this.directory), this.pid).release();
		}
		catch (IOException | RuntimeException ex) {
			// A later start finds that this process is gone.
		}
	}

}
