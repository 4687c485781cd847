package io.unicorn.launch;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the master needs to know of {@code unicorn.*}. Immutable.
 *
 * @param workers the configured number of workers, at least 1; empty for {@code auto}
 * @param workerClass how workers serve requests
 * @param timeout a worker silent for longer is hung; zero switches the check off
 * @param gracefulTimeout how long a worker may take to finish its requests and exit
 * @param bootTimeout how long a worker may take to become ready; zero means for ever
 * @param shutdownDelay how long the pool serves on after it was told to stop, while its
 * readiness is down already
 * @param reloadOnChange whether a changed jar file begins a roll-out
 * @param rollout how workers are replaced
 * @param aotCache whether workers start from a cache of the data of their classes
 */
public record PoolSettings(OptionalInt workers, WorkerClass workerClass, Duration timeout, Duration gracefulTimeout,
		Duration bootTimeout, Duration shutdownDelay, boolean reloadOnChange, RolloutSettings rollout,
		AotCache aotCache) {

	private static final String AUTO = "auto";

	/** Signs of life per timeout: one that is late does not make a worker hung. */
	private static final int SIGNS_PER_TIMEOUT = 5;

	/** Nobody waits longer for the figures of a worker, be they ever so dull. */
	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

	public PoolSettings {
		if (workers.isPresent() && workers.getAsInt() < 1) {
			throw new IllegalArgumentException("workers must be at least 1, not " + workers.getAsInt());
		}
		requireNotNegative("timeout", timeout);
		requireNotNegative("graceful-timeout", gracefulTimeout);
		requireNotNegative("boot-timeout", bootTimeout);
		requireNotNegative("shutdown-delay", shutdownDelay);
	}

	/**
	 * Return how long a worker may be silent that has nothing new to say.
	 */
	public Duration silence() {
		Duration share = this.timeout.dividedBy(SIGNS_PER_TIMEOUT);
		return (share.isZero() || share.compareTo(LONGEST_SILENCE) > 0) ? LONGEST_SILENCE : share;
	}

	private static void requireNotNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " must not be negative, not " + value);
		}
	}

	/**
	 * Return these settings by property name, as they travel from a worker to the master.
	 */
	public Map<String, String> toMap() {
		return Map.ofEntries(
				entry("workers", this.workers.isPresent() ? Integer.toString(this.workers.getAsInt()) : AUTO),
				entry("worker-class", this.workerClass.configName()), entry("timeout", this.timeout),
				entry("graceful-timeout", this.gracefulTimeout), entry("boot-timeout", this.bootTimeout),
				entry("shutdown-delay", this.shutdownDelay), entry("reload-on-change", this.reloadOnChange),
				entry("rollout.max-surge", this.rollout.maxSurge()),
				entry("rollout.max-unavailable", this.rollout.maxUnavailable()),
				entry("rollout.observe", this.rollout.observe()), entry("rollout.cpu-quota", this.rollout.cpuQuota()),
				entry("aot-cache", this.aotCache.configName()));
	}

	private static Map.Entry<String, String> entry(String name, Object value) {
		return Map.entry("unicorn." + name, value.toString());
	}

	/**
	 * Return the settings that {@link #toMap} gave.
	 * @throws IllegalArgumentException if a setting is missing or out of range
	 */
	public static PoolSettings of(Map<String, String> map) {
		String workers = require(map, "workers");
		try {
			return new PoolSettings(
					AUTO.equals(workers) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(workers)),
					WorkerClass.of(require(map, "worker-class")), duration(map, "timeout"),
					duration(map, "graceful-timeout"), duration(map, "boot-timeout"), duration(map, "shutdown-delay"),
					Boolean.parseBoolean(require(map, "reload-on-change")),
					new RolloutSettings(Integer.parseInt(require(map, "rollout.max-surge")),
							Integer.parseInt(require(map, "rollout.max-unavailable")), duration(map, "rollout.observe"),
							Integer.parseInt(require(map, "rollout.cpu-quota"))),
					AotCache.of(require(map, "aot-cache")));
		}
		catch (java.time.format.DateTimeParseException ex) {
			throw new IllegalArgumentException("not a duration: " + ex.getParsedString(), ex);
		}
	}

	private static Duration duration(Map<String, String> map, String name) {
		return Duration.parse(require(map, name));
	}

	private static String require(Map<String, String> map, String name) {
		String value = map.get("unicorn." + name);
		if (value == null) {
			throw new IllegalArgumentException("setting unicorn." + name + " is missing");
		}
		return value;
	}

}
