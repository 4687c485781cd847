package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;

/**
 * Finds the workers whose time for what they are doing is over.
 */
public final class Deadlines {

	/** How long a worker that has closed its control connection may take to exit. */
	public static final Duration CHANNEL_LOST_GRACE = Duration.ofSeconds(2);

	/**
	 * How long after TERM to a worker this master may get one, which stops the pool: some
	 * programs send it to all processes at once.
	 */
	static final Duration TERM_TO_ALL = Duration.ofMillis(500);

	/** What a worker has no more time for. */
	enum Kind {

		/** It has not become ready. */
		BOOT,

		/** It boots for long, and may go on. */
		LONG_BOOT,

		/** It is hung. */
		HANG,

		/** It has closed its control connection and has not exited. */
		CHANNEL_LOST,

		/** It has got TERM, and the pool does not stop. */
		TERMINATED,

		/** It was told to leave and has not exited. */
		LEAVE,

		/** It drains, and is about to be killed. */
		STUCK,

		/** It is condemned, and has had the time for its thread dump. */
		DUMP

	}

	/**
	 * A worker whose time is over.
	 *
	 * @param description what has happened, for the log, without the subject
	 */
	record Timeout(Worker worker, Kind kind, String description) {

	}

	private final Pool pool;

	Deadlines(Pool pool) {
		this.pool = pool;
	}

	/** Return the workers whose time is over. */
	List<Timeout> timeouts(Instant now) {
		List<Timeout> timeouts = new ArrayList<>();
		for (Worker worker : this.pool.all()) {
			if (worker.isActive() && isDue(termDeadline(worker), now)) {
				timeouts.add(new Timeout(worker, Kind.TERMINATED, "has got SIGTERM from outside the pool"));
			}
			else if (worker.is(WorkerState.READY)) {
				String hung = HangDetection.check(worker, worker.settings(), now);
				if (isDue(channelDeadline(worker), now)) {
					timeouts.add(new Timeout(worker, Kind.CHANNEL_LOST,
							"has closed its control connection and does not exit by itself; it is told to leave"));
				}
				else if (hung != null) {
					timeouts.add(new Timeout(worker, Kind.HANG, "is hung, " + hung));
				}
			}
			else if (worker.is(WorkerState.BOOTING) && isDue(worker.boot().deadline(), now)) {
				timeouts.add(new Timeout(worker, Kind.BOOT, lateBoot(worker)));
			}
			else if (worker.is(WorkerState.BOOTING) && isDue(worker.boot().reportDue(), now)) {
				timeouts.add(new Timeout(worker, Kind.LONG_BOOT, worker.boot().report(now) + unhealthy(worker)));
			}
			else if (worker.is(WorkerState.DRAINING) && isDue(worker.stuckAt(), now)
					&& !isDue(worker.deadline(), now)) {
				timeouts.add(new Timeout(worker, Kind.STUCK, "has not finished its drain, it writes its threads"));
			}
			else if (!worker.isActive() && isDue(worker.deadline(), now)) {
				timeouts.add(worker.isCondemned() ? new Timeout(worker, Kind.DUMP, "is killed")
						: new Timeout(worker, Kind.LEAVE, "did not exit within the time it had, killing it"));
			}
		}
		return timeouts;
	}

	/**
	 * Return when the time of the next worker is over, {@link Instant#MAX} for never.
	 */
	Instant next(Instant now) {
		return this.pool.stream()
			.map(Deadlines::deadline)
			.filter((deadline) -> deadline.isAfter(now))
			.min(Instant::compareTo)
			.orElse(Instant.MAX);
	}

	private static String lateBoot(Worker worker) {
		String initializing = worker.boot().initializing();
		return "did not become ready within its boot-timeout of " + LogFormat.rough(worker.settings().bootTimeout())
				+ (initializing.isEmpty() ? "" : " and the migration-timeout of "
						+ LogFormat.rough(worker.settings().migrationTimeout()) + ", it runs " + initializing)
				+ unhealthy(worker);
	}

	/** Return what is known of why a worker is not ready. */
	private static String unhealthy(Worker worker) {
		if (!worker.isConnected()) {
			return ", it has not connected to the master";
		}
		Message.Health health = worker.health();
		return (health != null && !health.up()) ? ", " + health.detail() : "";
	}

	private static Instant deadline(Worker worker) {
		Instant terminated = worker.isActive() ? termDeadline(worker) : Instant.MAX;
		Instant other = stateDeadline(worker);
		return terminated.isBefore(other) ? terminated : other;
	}

	private static Instant stateDeadline(Worker worker) {
		return switch (worker.state()) {
			case BOOTING -> min(worker.boot().deadline(), worker.boot().reportDue());
			case READY -> min(HangDetection.deadline(worker, worker.settings()), channelDeadline(worker));
			case DRAINING -> min(worker.deadline(), worker.stuckAt());
			case EXITING -> worker.deadline();
		};
	}

	private static Instant min(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

	private static Instant termDeadline(Worker worker) {
		Instant terminated = worker.terminatedAt();
		return (terminated != null) ? terminated.plus(TERM_TO_ALL) : Instant.MAX;
	}

	private static Instant channelDeadline(Worker worker) {
		Instant lost = worker.channelLostAt();
		return (lost != null) ? lost.plus(CHANNEL_LOST_GRACE) : Instant.MAX;
	}

	private static boolean isDue(Instant deadline, Instant now) {
		return !now.isBefore(deadline);
	}

}
