package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.launch.settings.PoolSettings;

/**
 * Lets a worker boot in the background while the pool is complete without it. A booting
 * JVM uses more than one processor for some seconds, and would take that time from the
 * workers that serve. A worker that does not become ready in the background gets the
 * normal priority after a while.
 */
public final class BootPriority {

	/**
	 * Twice the boot time of a medium application on processors that are not all busy. On
	 * busy processors, a boot takes longer by at most this time.
	 */
	private static final Duration LONGEST = Duration.ofSeconds(10);

	private final Pool pool;

	private final EffectBuffer effects;

	public BootPriority(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	/** Return how long a booting process may be kept in the background. */
	public static Duration longest(PoolSettings settings) {
		Duration share = settings.bootTimeout().dividedBy(4);
		return (share.isZero() || share.compareTo(LONGEST) > 0) ? LONGEST : share;
	}

	/**
	 * Set the priority of each worker.
	 * @param incomplete whether the pool needs the workers that boot
	 */
	public void advance(boolean incomplete, Instant now) {
		this.pool.stream().filter(Worker::isSpawned).forEach((worker) -> {
			boolean background = !incomplete && worker.is(WorkerState.BOOTING) && now.isBefore(end(worker));
			Priority priority = background ? Priority.BACKGROUND : Priority.NORMAL;
			if (worker.priority() != priority) {
				worker.prioritize(priority);
				this.effects.add(new Effect.SetPriority(worker.id(), priority));
			}
		});
	}

	/** Return when workers in the background get the normal priority. */
	public Stream<Instant> deadlines() {
		return this.pool.stream()
			.filter((worker) -> worker.isSpawned() && worker.priority() == Priority.BACKGROUND)
			.map(BootPriority::end);
	}

	private static Instant end(Worker worker) {
		return worker.spawnedAt().plus(longest(worker.settings()));
	}

}
