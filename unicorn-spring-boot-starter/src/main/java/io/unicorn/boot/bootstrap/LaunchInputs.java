package io.unicorn.boot.bootstrap;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.boot.bootstrap.addresses.PassedSockets;
import io.unicorn.boot.bootstrap.addresses.WebAddresses;
import io.unicorn.boot.bootstrap.log.LogTemplates;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.PoolSize;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.Environment;

/**
 * Holds what a {@link LaunchPlan} takes from the environment of the application.
 *
 * @param application name of the application, or an empty text
 * @param properties the pool's configuration
 * @param settings the part of it that the master needs
 * @param addresses the addresses to listen on
 * @param log where and how the master logs
 * @param colours whether the application configures the colours of its output
 * @param pidFiles files that hold the process id of the master
 * @param notices lines for the operator, which the master logs
 * @param portFiles files that hold the port of a listener, by the name of the listener
 */
record LaunchInputs(String application, UnicornProperties properties, PoolSettings settings,
		List<ListenAddress> addresses, MasterLog log, boolean colours, List<String> pidFiles, List<String> notices,
		Map<String, String> portFiles) {

	LaunchInputs {
		addresses = List.copyOf(addresses);
		pidFiles = List.copyOf(pidFiles);
		notices = List.copyOf(notices);
		portFiles = Map.copyOf(portFiles);
	}

	/**
	 * Read the inputs.
	 * @throws RuntimeException if a property has a value that is not allowed
	 */
	static LaunchInputs of(Environment environment, ClassLoader classLoader) {
		UnicornProperties properties = withIndex(WorkerCommand.PLACEHOLDER,
				() -> UnicornPropertiesBinder.bind(environment));
		WebAddresses web = new WebAddresses(environment, classLoader, properties, PassedSockets.current());
		List<ListenAddress> addresses = web.addresses();
		List<String> remarks = Stream
			.concat(web.remarks(addresses).stream(),
					Stream.of(UnicornPropertiesBinder.gracefulTimeoutRemark(properties, environment),
							UnicornPropertiesBinder.dashboardRemark(properties, environment),
							UnicornPropertiesBinder.workerClassRemark(properties, environment)))
			.filter(Objects::nonNull)
			.toList();
		LogFile logFile = LogFile.get(environment);
		if (logFile != null) {
			// The master opens it by its path, Spring Boot by its bytes.
			var unused = path("logging.file.name", logFile.toString());
		}
		return new LaunchInputs(environment.getProperty("spring.application.name", ""), properties,
				UnicornPropertiesBinder.poolSettings(properties, environment).withDumpDir(dumpDir(properties)),
				addresses, withIndex(MasterLog.THREAD, () -> LogTemplates.of(environment, classLoader)),
				environment.containsProperty("spring.output.ansi.enabled"), pidFiles(properties, environment), remarks,
				Map.of());
	}

	/**
	 * Return the user's JVM flags for workers.
	 * @param own the flags of this JVM
	 */
	List<String> jvmFlags(List<String> own) {
		List<String> flags = new ArrayList<>(this.properties.jvmArgs());
		flags.addAll(own);
		return flags;
	}

	/**
	 * Return the size of the pool.
	 * @param machine what all workers share
	 * @param own the flags of this JVM
	 */
	PoolSize size(MachineResources machine, List<String> own) {
		return PoolSize.of(this.settings.workers(), this.settings.workerClass(), machine, jvmFlags(own));
	}

	/**
	 * Return these inputs with further files that hold the process id of the master.
	 */
	LaunchInputs withPidFiles(List<String> files) {
		Set<String> all = new LinkedHashSet<>(this.pidFiles);
		files.forEach((file) -> add("spring.pid.file", file, all));
		return new LaunchInputs(this.application, this.properties, this.settings, this.addresses, this.log,
				this.colours, List.copyOf(all), this.notices, this.portFiles);
	}

	/**
	 * Return these inputs with files that hold the ports of listeners.
	 */
	LaunchInputs withPortFiles(Map<String, String> files) {
		return new LaunchInputs(this.application, this.properties, this.settings, this.addresses, this.log,
				this.colours, this.pidFiles, this.notices, files);
	}

	/**
	 * Read something with another index of the worker than the one that this process has.
	 */
	private static <T> T withIndex(String index, Supplier<T> reading) {
		String own = System.setProperty(WorkerCommand.PLACE_PROPERTY, index);
		try {
			return reading.get();
		}
		finally {
			System.setProperty(WorkerCommand.PLACE_PROPERTY, (own != null) ? own : WorkerCommand.NO_WORKER);
		}
	}

	private static List<String> pidFiles(UnicornProperties properties, Environment environment) {
		Set<String> files = new LinkedHashSet<>();
		add("unicorn.pidfile", properties.pidfile(), files);
		add("spring.pid.file", environment.getProperty("spring.pid.file"), files);
		return List.copyOf(files);
	}

	private static String dumpDir(UnicornProperties properties) {
		String directory = properties.dumpDir();
		return (directory == null || directory.isBlank()) ? ""
				: path("unicorn.dump-dir", directory).toAbsolutePath().normalize().toString();
	}

	private static void add(String property, @Nullable String file, Set<String> files) {
		if (file != null && !file.isBlank()) {
			files.add(path(property, file).toAbsolutePath().toString());
		}
	}

	private static Path path(String property, String file) {
		try {
			return Path.of(file);
		}
		catch (InvalidPathException ex) {
			throw PoolStartException.inexpressible(property, ex);
		}
	}

}
