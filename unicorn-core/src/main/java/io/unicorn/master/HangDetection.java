package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.WorkerClass;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a ready worker is hung: it has been silent for too long, or, where it
 * serves one request at a time, its request takes too long.
 */
final class HangDetection {

	private HangDetection() {
	}

	/**
	 * Return in words why the worker is hung, or {@code null} if it is not.
	 */
	static @Nullable String check(Worker worker, PoolSettings settings, Instant now) {
		if (settings.timeout().isZero() || now.isBefore(deadline(worker, settings))) {
			return null;
		}
		Duration silence = Duration.between(worker.lastHeard(), now);
		return (silence.compareTo(settings.timeout()) >= 0) ? "no heartbeat for " + Phrases.rough(silence)
				: "a request has been running for more than " + Phrases.rough(settings.timeout());
	}

	/**
	 * Return when the worker is hung if nothing more is heard of it.
	 */
	static Instant deadline(Worker worker, PoolSettings settings) {
		if (settings.timeout().isZero()) {
			return Instant.MAX;
		}
		Instant silent = worker.lastHeard().plus(settings.timeout());
		if (settings.workerClass() != WorkerClass.SYNC || worker.load().oldestRequestMillis() == 0) {
			return silent;
		}
		// Judged from what the worker last said of its request, which may be finished by
		// now; one further heartbeat would tell, so a finished request is never taken for
		// a hang as long as heartbeats come.
		long age = worker.load().oldestRequestMillis();
		return (age >= settings.timeout().toMillis()) ? worker.lastHeard() : silent;
	}

}
