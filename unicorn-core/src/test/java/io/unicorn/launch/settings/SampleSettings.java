package io.unicorn.launch.settings;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Provides settings for tests that depend on one of them at most.
 */
public final class SampleSettings {

	private SampleSettings() {
	}

	/** Return settings of so many workers. */
	public static PoolSettings workers(int workers) {
		return settings(workers, AotCache.AUTO);
	}

	/** Return settings of one worker with or without caches. */
	public static PoolSettings caches(AotCache caches) {
		return settings(1, caches);
	}

	private static PoolSettings settings(int workers, AotCache caches) {
		return new PoolSettings(OptionalInt.of(workers), WorkerClass.GTHREAD, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(120), Duration.ZERO, true, RolloutSettings.DEFAULT, caches);
	}

}
