package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;

/**
 * Keeps an eye on the time that each worker has for what it is doing.
 */
final class Watch {

	/** How long a worker that has closed its control channel may take to exit. */
	static final Duration CHANNEL_LOST_PATIENCE = Duration.ofSeconds(2);

	/** What a worker has taken too long for. */
	enum Overdue {

		/** It does not become ready. */
		BOOT,

		/** It is hung. */
		SIGN_OF_LIFE,

		/** It has closed its control channel and does not exit. */
		EXIT_WITHOUT_CHANNEL,

		/** It was told to leave and does not. */
		LEAVE,

		/** It was given up, and its thread dump is written. */
		DUMP

	}

	/** A worker whose time is over. */
	record Lapse(Worker worker, Overdue what, String words) {

	}

	private final Pool pool;

	Watch(Pool pool) {
		this.pool = pool;
	}

	List<Lapse> lapses(Instant now) {
		List<Lapse> lapses = new ArrayList<>();
		for (Worker worker : this.pool.all()) {
			if (worker.is(WorkerState.READY)) {
				String hung = HangDetection.check(worker, worker.settings, now);
				if (isDue(channelDeadline(worker), now)) {
					lapses.add(new Lapse(worker, Overdue.EXIT_WITHOUT_CHANNEL,
							"has closed its control channel and does not exit by itself; it is told to leave"));
				}
				else if (hung != null) {
					lapses.add(new Lapse(worker, Overdue.SIGN_OF_LIFE, "is hung, " + hung));
				}
			}
			else if (worker.is(WorkerState.BOOTING) && isDue(bootDeadline(worker), now)) {
				lapses.add(new Lapse(worker, Overdue.BOOT, "did not become ready within its boot-timeout of "
						+ Phrases.rough(worker.settings.bootTimeout()) + unhealthy(worker)));
			}
			else if (!worker.isActive() && isDue(worker.deadline(), now)) {
				lapses.add(worker.isCondemned() ? new Lapse(worker, Overdue.DUMP, "is killed")
						: new Lapse(worker, Overdue.LEAVE, "did not exit within the time it had, killing it"));
			}
		}
		return lapses;
	}

	/**
	 * Return when the next worker's time is over, {@link Instant#MAX} for never.
	 */
	Instant next(Instant now) {
		return this.pool.stream()
			.map(Watch::deadline)
			.filter((deadline) -> deadline.isAfter(now))
			.min(Instant::compareTo)
			.orElse(Instant.MAX);
	}

	/** What keeps a worker from being ready, if it is its own health check. */
	private static String unhealthy(Worker worker) {
		Message.Health health = worker.health();
		return (health != null && !health.up()) ? ", " + health.detail() : "";
	}

	private static Instant deadline(Worker worker) {
		return switch (worker.state()) {
			case BOOTING -> bootDeadline(worker);
			case READY -> {
				Instant hung = HangDetection.deadline(worker, worker.settings);
				Instant channel = channelDeadline(worker);
				yield hung.isBefore(channel) ? hung : channel;
			}
			case DRAINING, EXITING -> worker.deadline();
		};
	}

	private static Instant bootDeadline(Worker worker) {
		Duration timeout = worker.settings.bootTimeout();
		return timeout.isZero() ? Instant.MAX : worker.spawnedAt.plus(timeout);
	}

	private static Instant channelDeadline(Worker worker) {
		Instant lost = worker.channelLostAt();
		return (lost != null) ? lost.plus(CHANNEL_LOST_PATIENCE) : Instant.MAX;
	}

	private static boolean isDue(Instant deadline, Instant now) {
		return !now.isBefore(deadline);
	}

}
