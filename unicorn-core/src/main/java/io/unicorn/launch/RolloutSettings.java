package io.unicorn.launch;

import java.time.Duration;

/**
 * How workers are replaced by others.
 *
 * @param maxSurge how many processes there may be beyond the wanted number, counting
 * those that drain; 0 or more
 * @param maxUnavailable how many of the wanted workers may be missing meanwhile; 0 or
 * more, and at least 1 if there is no surge
 * @param observe how long the first new worker serves on probation, and how long all of
 * them are watched at the end; zero for not at all
 */
public record RolloutSettings(int maxSurge, int maxUnavailable, Duration observe) {

	/** One process more, nobody missing, five seconds of probation. */
	public static final RolloutSettings DEFAULT = new RolloutSettings(1, 0, Duration.ofSeconds(5));

	public RolloutSettings {
		if (maxSurge < 0 || maxUnavailable < 0 || maxSurge + maxUnavailable == 0) {
			throw new IllegalArgumentException("max-surge " + maxSurge + " and max-unavailable " + maxUnavailable
					+ " leave no way to replace a worker");
		}
		if (observe.isNegative()) {
			throw new IllegalArgumentException("observe must not be negative, not " + observe);
		}
	}

}
