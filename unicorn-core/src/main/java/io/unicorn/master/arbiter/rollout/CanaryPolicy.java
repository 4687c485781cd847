package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the health reports of a ready canary whether it has passed.
 */
final class CanaryPolicy {

	/**
	 * How old the latest report of a canary that passes may be; it sends two a second.
	 */
	static final Duration FRESH = Duration.ofSeconds(1);

	/** After how long without a report the readiness check counts as hung. */
	static final Duration SILENCE = Duration.ofSeconds(5);

	enum Result {

		/** The time is not over, or a report is late. */
		OBSERVED,

		/** The other workers may be replaced. */
		PASSED,

		/** The readiness check does not answer. */
		SILENT

	}

	private CanaryPolicy() {
	}

	/**
	 * Return whether the canary has passed.
	 * @param observe how long it is observed after it has become ready
	 */
	static Result check(Worker canary, Duration observe, Instant now) {
		if (now.isBefore(canary.readyAt().plus(observe))) {
			return Result.OBSERVED;
		}
		if (canary.health() == null || !now.isAfter(canary.healthAt().plus(FRESH))) {
			return Result.PASSED;
		}
		return now.isBefore(canary.healthAt().plus(SILENCE)) ? Result.OBSERVED : Result.SILENT;
	}

	/** Return when {@link #check} may return another result without a report before. */
	static Stream<Instant> deadlines(Worker canary, Duration observe) {
		return Stream.of(canary.readyAt().plus(observe), canary.healthAt().plus(SILENCE));
	}

	/** Return why a worker is not healthy, {@code null} if its latest report is good. */
	static @Nullable String unhealthy(Worker worker) {
		Message.Health health = worker.health();
		return (health != null && !health.up()) ? health.detail() : null;
	}

}
