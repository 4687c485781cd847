package io.unicorn.launch.settings;

import java.time.Duration;

/**
 * Says how a roll-out replaces workers ({@code unicorn.rollout}).
 *
 * @param maxSurge how many workers there may be above the target, including those that
 * drain; 0 or more
 * @param maxUnavailable how many ready workers there may be below the target; 0 or more,
 * and at least 1 if {@code maxSurge} is 0
 * @param observe how long the canary is observed, and how long all new workers are at the
 * end; zero for not at all
 * @param requestable whether workers may ask for a roll-out, because the application has
 * an endpoint for that
 */
public record RolloutSettings(int maxSurge, int maxUnavailable, Duration observe, boolean requestable) {

	/** One worker above the target, none below it, five seconds of observation. */
	public static final RolloutSettings DEFAULT = new RolloutSettings(1, 0, Duration.ofSeconds(5));

	/**
	 * Create settings under which workers may not ask for a roll-out.
	 */
	public RolloutSettings(int maxSurge, int maxUnavailable, Duration observe) {
		this(maxSurge, maxUnavailable, observe, false);
	}

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
