package io.unicorn.boot.bootstrap;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.launch.Forecast;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.PoolSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.Environment;

/**
 * All that a {@link LaunchPlan} takes from the environment of the application. A worker
 * finds the same in its own.
 *
 * @param application name of the application, or an empty text
 * @param properties the pool's configuration
 * @param settings what the master needs of it
 * @param addresses where to listen
 * @param logFile the application's log file, or {@code null}
 * @param colours whether the application says itself whether its output has colours
 * @param pidFiles files for the process id of the master
 */
record Premises(String application, UnicornProperties properties, PoolSettings settings, List<ListenAddress> addresses,
		@Nullable String logFile, boolean colours, List<String> pidFiles) {

	private static final String ANSI = "spring.output.ansi.enabled";

	Premises {
		addresses = List.copyOf(addresses);
		pidFiles = List.copyOf(pidFiles);
	}

	/**
	 * Read them.
	 * @throws RuntimeException if something in the environment makes no sense
	 */
	static Premises of(Environment environment, ClassLoader classLoader) {
		UnicornProperties properties = UnicornPropertiesBinder.bind(environment);
		LogFile logFile = LogFile.get(environment);
		return new Premises(environment.getProperty("spring.application.name", ""), properties,
				UnicornPropertiesBinder.poolSettings(properties, environment),
				new WebAddresses(environment, classLoader).addresses(), (logFile != null) ? logFile.toString() : null,
				environment.containsProperty(ANSI) && !isTerminalOption(), pidFiles(properties, environment));
	}

	/**
	 * Return a text that is the same for equal premises, and tells nothing of them.
	 */
	String digest() {
		return Forecast.Grounds.digest(toString());
	}

	/**
	 * Whether these are the same, except for the log file: a worker has one of its own.
	 */
	boolean equalsButForLog(Premises other) {
		return withoutLog().equals(other.withoutLog());
	}

	private Premises withoutLog() {
		return new Premises(this.application, this.properties, this.settings, this.addresses, null, this.colours,
				this.pidFiles);
	}

	/** Workers of a pool that has a terminal get it from us. */
	private static boolean isTerminalOption() {
		return LaunchPlan.TERMINAL_OPTION.equals("-D" + ANSI + "=" + System.getProperty(ANSI));
	}

	private static List<String> pidFiles(UnicornProperties properties, Environment environment) {
		Set<String> files = new LinkedHashSet<>();
		for (String file : new String[] { properties.pidfile(), environment.getProperty("spring.pid.file") }) {
			if (file != null && !file.isBlank()) {
				files.add(Path.of(file).toAbsolutePath().toString());
			}
		}
		return List.copyOf(files);
	}

}
