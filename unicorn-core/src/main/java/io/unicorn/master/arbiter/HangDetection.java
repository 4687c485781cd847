package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a ready worker is hung: it has been silent for too long, or, where it
 * serves one request at a time, its request takes too long.
 */
final class HangDetection {

	private HangDetection() {
	}

	/**
	 * Return why the worker is hung, for the log, or {@code null} if it is not.
	 */
	static @Nullable String check(Worker worker, PoolSettings settings, Instant now) {
		if (settings.timeout().isZero() || now.isBefore(deadline(worker, settings))) {
			return null;
		}
		Duration silence = Duration.between(worker.lastHeard(), now);
		return (silence.compareTo(settings.timeout()) >= 0) ? "no heartbeat for " + LogFormat.rough(silence)
				: "a request has been running for more than " + LogFormat.rough(settings.timeout());
	}

	/**
	 * Return when the worker is hung if no further heartbeat comes.
	 */
	static Instant deadline(Worker worker, PoolSettings settings) {
		Instant silent = silentFrom(worker, settings);
		Instant dumping = worker.heapDump().until();
		return dumping.isAfter(silent) ? dumping : silent;
	}

	private static Instant silentFrom(Worker worker, PoolSettings settings) {
		if (settings.timeout().isZero()) {
			return Instant.MAX;
		}
		Instant silent = worker.lastHeard().plus(settings.timeout());
		if (settings.workerClass() != WorkerClass.SYNC || worker.load().oldestRequestMillis() == 0) {
			return silent;
		}
		// The age of the request is that of the latest heartbeat, not extrapolated,
		// because
		// the request may have ended since. While heartbeats come, a request that has
		// ended
		// is thus never taken for a hang.
		long age = worker.load().oldestRequestMillis();
		return (age >= settings.timeout().toMillis()) ? worker.lastHeard() : silent;
	}

}
