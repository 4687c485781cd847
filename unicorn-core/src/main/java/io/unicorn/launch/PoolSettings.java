package io.unicorn.launch;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the master needs to know of {@code unicorn.*}. Immutable. A worker reports the
 * settings that it found, so that a reload brings changed ones into force.
 *
 * @param workers the configured number of workers, at least 1; empty for {@code auto}
 * @param workerClass how workers serve requests
 * @param timeout a worker silent for longer is hung; zero switches the check off
 * @param gracefulTimeout how long a worker may take to finish its requests and exit
 * @param bootTimeout how long a worker may take to become ready; zero means for ever
 */
public record PoolSettings(OptionalInt workers, WorkerClass workerClass, Duration timeout, Duration gracefulTimeout,
		Duration bootTimeout) {

	private static final String AUTO = "auto";

	public PoolSettings {
		if (workers.isPresent() && workers.getAsInt() < 1) {
			throw new IllegalArgumentException("workers must be at least 1, not " + workers.getAsInt());
		}
		requireNotNegative("timeout", timeout);
		requireNotNegative("graceful-timeout", gracefulTimeout);
		requireNotNegative("boot-timeout", bootTimeout);
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
		return Map.of("unicorn.workers", this.workers.isPresent() ? Integer.toString(this.workers.getAsInt()) : AUTO,
				"unicorn.worker-class", this.workerClass.configName(), "unicorn.timeout", this.timeout.toString(),
				"unicorn.graceful-timeout", this.gracefulTimeout.toString(), "unicorn.boot-timeout",
				this.bootTimeout.toString());
	}

	/**
	 * Return the settings that {@link #toMap} gave.
	 * @throws IllegalArgumentException if a setting is missing or out of range
	 */
	public static PoolSettings of(Map<String, String> map) {
		String workers = require(map, "unicorn.workers");
		try {
			return new PoolSettings(
					AUTO.equals(workers) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(workers)),
					WorkerClass.of(require(map, "unicorn.worker-class")),
					Duration.parse(require(map, "unicorn.timeout")),
					Duration.parse(require(map, "unicorn.graceful-timeout")),
					Duration.parse(require(map, "unicorn.boot-timeout")));
		}
		catch (java.time.format.DateTimeParseException ex) {
			throw new IllegalArgumentException("not a duration: " + ex.getParsedString(), ex);
		}
	}

	private static String require(Map<String, String> map, String name) {
		String value = map.get(name);
		if (value == null) {
			throw new IllegalArgumentException("setting " + name + " is missing");
		}
		return value;
	}

}
