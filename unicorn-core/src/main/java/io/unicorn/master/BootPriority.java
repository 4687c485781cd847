package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;

/**
 * Lets a worker boot in the background as long as nobody misses it. A booting JVM wants
 * more than one processor for some seconds, and takes it from those that serve. If it
 * gets nowhere, because they leave it nothing, it has its full share after a while.
 */
final class BootPriority {

	/**
	 * Twice as long as a middling application needs on processors that are not all busy.
	 * On busy ones this is what a boot takes longer.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** The same for a boot that may not run all of the time. */
	private static final Duration PATIENCE_WITH_QUOTA = Duration.ofSeconds(30);

	private final Pool pool;

	private final Orders orders;

	BootPriority(Pool pool, Orders orders) {
		this.pool = pool;
		this.orders = orders;
	}

	/** How long something that boots may be kept in the background. */
	static Duration patience(PoolSettings settings) {
		boolean quota = settings.rollout().cpuQuota() < RolloutSettings.NO_QUOTA;
		Duration most = quota ? PATIENCE_WITH_QUOTA : PATIENCE;
		Duration share = settings.bootTimeout().dividedBy(4);
		return (share.isZero() || share.compareTo(most) > 0) ? most : share;
	}

	/**
	 * Set the priorities as they should be.
	 * @param incomplete whether those who boot are missed
	 */
	void advance(boolean incomplete, Instant now) {
		this.pool.stream().filter(Worker::isSpawned).forEach((worker) -> {
			boolean waits = !incomplete && worker.is(WorkerState.BOOTING) && now.isBefore(end(worker));
			Priority priority = waits ? Priority.BACKGROUND : Priority.NORMAL;
			if (worker.priority() != priority) {
				worker.prioritize(priority);
				this.orders.add(new Effect.Prioritize(worker.id, priority));
			}
		});
	}

	Stream<Instant> deadlines() {
		return this.pool.stream()
			.filter((worker) -> worker.isSpawned() && worker.priority() == Priority.BACKGROUND)
			.map(BootPriority::end);
	}

	private static Instant end(Worker worker) {
		return worker.spawnedAt.plus(patience(worker.settings));
	}

}
