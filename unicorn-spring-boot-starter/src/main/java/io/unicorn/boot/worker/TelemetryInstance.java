package io.unicorn.boot.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Names this worker in what Spring Boot's support of OpenTelemetry exports: without
 * {@value #ATTRIBUTE}, a backend takes the series of all workers for one and adds up or
 * drops what it receives. The agent of OpenTelemetry reads other properties, and gives
 * each process a random identifier.
 */
final class TelemetryInstance {

	static final String ATTRIBUTE = "service.instance.id";

	private static final String ATTRIBUTES = "management.opentelemetry.resource-attributes";

	private static final String NAME = "unicornTelemetry";

	private final int index;

	private final String host;

	private final long master;

	/**
	 * Create.
	 * @param index index of the worker; its successor is the same instance
	 * @param host name of the machine or container
	 * @param master process id of the master, which differs from that of another pool
	 */
	TelemetryInstance(int index, String host, long master) {
		this.index = index;
		this.host = host;
		this.master = master;
	}

	static TelemetryInstance ofThisWorker(int index) {
		return new TelemetryInstance(index, host(),
				ProcessHandle.current().parent().stream().mapToLong(ProcessHandle::pid).sum());
	}

	/**
	 * Add the attribute with the lowest precedence, unless it is configured.
	 * @param variable the value of {@code OTEL_RESOURCE_ATTRIBUTES}, over which
	 * properties take precedence
	 */
	void addTo(ConfigurableEnvironment environment, @Nullable String variable) {
		environment.getPropertySources().remove(NAME);
		// Default properties are not in the last place yet, so their order does not tell.
		BindResult<Map<String, String>> configured = Binder.get(environment)
			.bind(ATTRIBUTES, Bindable.mapOf(String.class, String.class));
		if ((variable == null || !variable.contains(ATTRIBUTE + "="))
				&& !(configured.isBound() && configured.get().containsKey(ATTRIBUTE))) {
			environment.getPropertySources()
				.addLast(new MapPropertySource(NAME,
						Map.of(ATTRIBUTES + "[" + ATTRIBUTE + "]", this.host + "-" + this.master + "-" + this.index)));
		}
	}

	/** The JDK would ask a name server. */
	private static String host() {
		try {
			return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
		}
		catch (IOException ex) {
			return "localhost";
		}
	}

}
