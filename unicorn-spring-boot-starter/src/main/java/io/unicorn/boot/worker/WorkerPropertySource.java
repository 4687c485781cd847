package io.unicorn.boot.worker;

import java.util.HashMap;
import java.util.Map;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Creates the properties that a worker adds to its environment: log files and log lines
 * that name the worker, and settings of Spring Boot that differ in a worker.
 */
public final class WorkerPropertySource {

	private static final String NAME = "unicornWorker";

	private static final String CORRELATION_PATTERN = "logging.pattern.correlation";

	private static final String LOAD_ON_STARTUP = "spring.mvc.servlet.load-on-startup";

	private static final String NETTY_QUIET_PERIOD = "spring.reactor.netty.shutdown-quiet-period";

	private WorkerPropertySource() {
	}

	/**
	 * Return the properties of a process that does not run the application: it logs to
	 * its output only, not into the file of those that do.
	 */
	public static PropertySource<?> outputOnly() {
		return new MapPropertySource("unicornOutputOnly",
				Map.of("spring.main.banner-mode", "off", "logging.file.name", "", "logging.file.path", ""));
	}

	/**
	 * Add the properties of a worker to its environment.
	 * @param index index of the worker, from 0
	 * @param environment the environment, with all of the application's configuration
	 */
	public static void addTo(int index, ConfigurableEnvironment environment) {
		environment.getPropertySources().addFirst(of(index, environment));
		TelemetryInstance.ofThisWorker(index).addTo(environment, System.getenv("OTEL_RESOURCE_ATTRIBUTES"));
	}

	/**
	 * Return the properties of a worker.
	 * @param index index of the worker, from 0
	 * @param environment the environment, with all of the application's configuration
	 */
	static PropertySource<?> of(int index, ConfigurableEnvironment environment) {
		// An application that is restarted in the same process may keep its environment.
		environment.getPropertySources().remove(NAME);
		Map<String, Object> properties = new HashMap<>();
		if (!WorkerProcess.isFirst()) {
			properties.put("spring.main.banner-mode", "off");
		}
		if (!environment.containsProperty(CORRELATION_PATTERN)) {
			boolean expected = environment.getProperty("logging.expect-correlation-id", Boolean.class, false);
			properties.put(CORRELATION_PATTERN, "[worker-" + index + "] " + (expected ? "%correlationId" : ""));
		}
		if (!environment.containsProperty(LOAD_ON_STARTUP)) {
			// Otherwise the first client waits until Spring MVC has initialized itself.
			properties.put(LOAD_ON_STARTUP, 1);
		}
		if (!environment.containsProperty(NETTY_QUIET_PERIOD)) {
			// For requests that come while Reactor Netty stops, which the drain has
			// waited for already. It would let each worker leave two seconds later.
			properties.put(NETTY_QUIET_PERIOD, "0s");
		}
		// The drain has waited for requests already, and a request whose client has gone
		// may never end.
		properties.put("server.shutdown", "immediate");
		properties.put("logging.structured.json.add.unicorn.worker", Integer.toString(index));
		new WorkerFiles(index, environment).addTo(properties);
		return new MapPropertySource(NAME, properties);
	}

}
