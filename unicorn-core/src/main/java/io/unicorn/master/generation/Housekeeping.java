package io.unicorn.master.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.launch.cache.CacheFile;
import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.cache.MasterArchive;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.lease.Leases;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.log.LogQueue;
import org.jspecify.annotations.Nullable;

/**
 * Leases what the pool needs in the private directory, and removes what no pool needs.
 * Used by the master's main thread; it removes in the background, because a directory may
 * take long.
 */
public final class Housekeeping {

	private final Leases leases;

	private final BackgroundThread background;

	private final LogQueue log;

	private boolean reported;

	public Housekeeping(Leases leases, BackgroundThread background, LogQueue log) {
		this.leases = leases;
		this.background = background;
		this.log = log;
	}

	/**
	 * Keep what these plans need, and remove what neither they nor others need.
	 * @param lastGood directory of the generation before, which stays as long as there is
	 * no later one
	 */
	public void keep(Collection<LaunchPlan> plans, @Nullable Path lastGood) {
		// systemd-tmpfiles leaves a directory that is locked, and all in it.
		Set<Path> needed = new LinkedHashSet<>(Set.of(this.leases.root()));
		plans.forEach((plan) -> needed.addAll(plan.directories()));
		if (lastGood != null) {
			needed.add(lastGood);
		}
		plans.stream()
			.flatMap((plan) -> Stream.concat(ClassDataCache.of(plan).stream(), MasterArchive.of(plan).stream()))
			.flatMap((cache) -> new CacheFile(cache).existing().stream())
			.forEach(needed::add);
		try {
			this.leases.hold(needed);
			this.background.run(this::cleanUp);
		}
		catch (IOException | RuntimeException ex) {
			if (!this.reported) {
				this.reported = true;
				this.log.write(Effect.Level.WARN, "old copies of the application cannot be removed: " + ex);
			}
		}
	}

	private void cleanUp() {
		var unused = this.leases.prune();
		this.leases.refresh();
	}

	/**
	 * Return the lease that a worker is to hold as well, because it may outlive a master
	 * that is killed.
	 * @return its descriptor, or empty if there is none
	 */
	public OptionalInt lease(LaunchPlan plan) {
		Generation generation = plan.workers().generation();
		return (generation != null) ? this.leases.descriptor(generation.directory()) : OptionalInt.empty();
	}

	/**
	 * Make sure that everything is still there when the next master leases it.
	 */
	public void mark() {
		this.leases.mark();
	}

}
