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
 * @param cpuQuota for how much of the time a worker that boots while nobody misses it may
 * run, in percent; 1 to {@value #NO_QUOTA}
 */
public record RolloutSettings(int maxSurge, int maxUnavailable, Duration observe, int cpuQuota) {

	/** All of the time. */
	public static final int NO_QUOTA = 100;

	/**
	 * With that, the slowest requests are hardly slower while a JVM boots beside the pool
	 * on one of two processors.
	 */
	private static final int USUAL_QUOTA = 33;

	/** With more, those that serve have two or more which nobody takes from them. */
	private static final int FEW_PROCESSORS = 3;

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
		if (cpuQuota < 1 || cpuQuota > NO_QUOTA) {
			throw new IllegalArgumentException("cpu-quota must be from 1 to %d, not %d".formatted(NO_QUOTA, cpuQuota));
		}
	}

	/**
	 * Create, without a quota.
	 */
	public RolloutSettings(int maxSurge, int maxUnavailable, Duration observe) {
		this(maxSurge, maxUnavailable, observe, NO_QUOTA);
	}

	/**
	 * Return the quota where none is configured.
	 * @param processors how many this machine, or container, has
	 */
	public static int usualQuota(int processors) {
		return (processors <= FEW_PROCESSORS) ? USUAL_QUOTA : NO_QUOTA;
	}

}
