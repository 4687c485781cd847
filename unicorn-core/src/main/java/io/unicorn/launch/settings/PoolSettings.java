package io.unicorn.launch.settings;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Holds the configuration of the master, from {@code unicorn.*}. Immutable.
 *
 * @param workers the configured number of workers, at least 1; empty for {@code auto}
 * @param workerClass how workers serve requests
 * @param timeout a worker without a heartbeat for longer is hung; zero switches the check
 * off
 * @param gracefulTimeout how long a worker may take to drain and exit
 * @param bootTimeout how long a worker may take to become ready; zero means no limit
 * @param shutdownDelay how long the pool serves on after it was told to stop, with its
 * readiness down
 * @param reloadOnChange whether a change of the jar file starts a roll-out
 * @param rollout how workers are replaced
 * @param aotCache whether workers start from a class-data cache
 * @param migrationTimeout how long a roll-out's first worker may initialize what all
 * workers share, which does not count towards its boot; zero means no limit
 * @param dumpDir directory for dumps of workers, absolute; empty for none
 */
public record PoolSettings(OptionalInt workers, WorkerClass workerClass, Duration timeout, Duration gracefulTimeout,
		Duration bootTimeout, Duration shutdownDelay, boolean reloadOnChange, RolloutSettings rollout,
		AotCache aotCache, Duration migrationTimeout, String dumpDir) {

	/** What a migration may take if nothing else is configured. */
	public static final Duration DEFAULT_MIGRATION_TIMEOUT = Duration.ofMinutes(10);

	/** A larger number of processes on one machine is an error. */
	public static final int MAX_WORKERS = 1024;

	private static final String AUTO = "auto";

	/** Several, so that one late heartbeat does not make a worker hung. */
	private static final int HEARTBEATS_PER_TIMEOUT = 5;

	/** The figures of a worker are at most this old. */
	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);

	public PoolSettings {
		if (workers.isPresent() && workers.getAsInt() < 1) {
			throw new IllegalArgumentException("workers must be at least 1, not " + workers.getAsInt());
		}
		requireNotNegative("timeout", timeout);
		requireNotNegative("graceful-timeout", gracefulTimeout);
		requireNotNegative("boot-timeout", bootTimeout);
		requireNotNegative("shutdown-delay", shutdownDelay);
		requireNotNegative("migration-timeout", migrationTimeout);
	}

	/**
	 * Create settings with the default time for a migration, and without a directory for
	 * dumps.
	 */
	public PoolSettings(OptionalInt workers, WorkerClass workerClass, Duration timeout, Duration gracefulTimeout,
			Duration bootTimeout, Duration shutdownDelay, boolean reloadOnChange, RolloutSettings rollout,
			AotCache aotCache) {
		this(workers, workerClass, timeout, gracefulTimeout, bootTimeout, shutdownDelay, reloadOnChange, rollout,
				aotCache, DEFAULT_MIGRATION_TIMEOUT, "");
	}

	/**
	 * Return these settings with workers that may ask for a roll-out or may not.
	 */
	public PoolSettings withRequestableRollouts(boolean requestable) {
		RolloutSettings changed = new RolloutSettings(this.rollout.maxSurge(), this.rollout.maxUnavailable(),
				this.rollout.observe(), requestable);
		return new PoolSettings(this.workers, this.workerClass, this.timeout, this.gracefulTimeout, this.bootTimeout,
				this.shutdownDelay, this.reloadOnChange, changed, this.aotCache, this.migrationTimeout, this.dumpDir);
	}

	/**
	 * Return these settings with a directory for dumps.
	 * @param directory its absolute path, or an empty text
	 */
	public PoolSettings withDumpDir(String directory) {
		return new PoolSettings(this.workers, this.workerClass, this.timeout, this.gracefulTimeout, this.bootTimeout,
				this.shutdownDelay, this.reloadOnChange, this.rollout, this.aotCache, this.migrationTimeout, directory);
	}

	/**
	 * Return the longest interval between two heartbeats: after this time, a worker sends
	 * one even if its figures have not changed.
	 */
	public Duration heartbeatInterval() {
		Duration share = this.timeout.dividedBy(HEARTBEATS_PER_TIMEOUT);
		return (share.isZero() || share.compareTo(LONGEST_INTERVAL) > 0) ? LONGEST_INTERVAL : share;
	}

	private static void requireNotNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " must not be negative, not " + value);
		}
	}

	/**
	 * Return these settings by property name, in the form that a worker sends to the
	 * master. Durations are in ISO 8601.
	 */
	public Map<String, String> toMap() {
		return Map.ofEntries(
				entry("workers", this.workers.isPresent() ? Integer.toString(this.workers.getAsInt()) : AUTO),
				entry("worker-class", this.workerClass.configName()), entry("timeout", this.timeout),
				entry("graceful-timeout", this.gracefulTimeout), entry("boot-timeout", this.bootTimeout),
				entry("shutdown-delay", this.shutdownDelay), entry("reload-on-change", this.reloadOnChange),
				entry("rollout.max-surge", this.rollout.maxSurge()),
				entry("rollout.max-unavailable", this.rollout.maxUnavailable()),
				entry("rollout.observe", this.rollout.observe()),
				entry("rollout.requestable", this.rollout.requestable()),
				entry("aot-cache", this.aotCache.configName()), entry("migration-timeout", this.migrationTimeout),
				entry("dump-dir", this.dumpDir));
	}

	private static Map.Entry<String, String> entry(String name, Object value) {
		return Map.entry("unicorn." + name, value.toString());
	}

	/**
	 * Return the settings of a map as {@link #toMap} returns it. Unknown entries are
	 * ignored.
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
							// An older version did not ask for a permission.
							Boolean.parseBoolean(map.getOrDefault("unicorn.rollout.requestable", "true"))),
					AotCache.of(require(map, "aot-cache")),
					// A version without this setting does not send it.
					Duration.parse(map.getOrDefault("unicorn.migration-timeout", DEFAULT_MIGRATION_TIMEOUT.toString())),
					map.getOrDefault("unicorn.dump-dir", ""));
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
