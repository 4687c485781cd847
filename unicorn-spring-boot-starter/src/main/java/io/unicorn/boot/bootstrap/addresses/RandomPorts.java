package io.unicorn.boot.bootstrap.addresses;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MutablePropertySources;

/**
 * Ports that are configured as random numbers ({@code ${random.int[20000,29999]}}). Each
 * process would choose another number, so workers and roll-outs take the one that the
 * pool listens on.
 */
public final class RandomPorts {

	private static final String RANDOM = "${random.";

	/** A comma that is not one of a placeholder. */
	private static final String BETWEEN_ADDRESSES = ",(?![^{]*})";

	/** The ports of the pool, by listener, where the configured one is random. */
	private final Map<String, Integer> ports;

	private RandomPorts(Map<String, Integer> ports) {
		this.ports = ports;
	}

	/**
	 * Find them in an environment. There are none at the start of a pool, which listens
	 * on no port yet.
	 */
	public static RandomPorts of(Environment environment) {
		Map<String, Integer> ports = new HashMap<>();
		String present = System.getProperty(WorkerCommand.PORTS_PROPERTY, "");
		if (environment instanceof ConfigurableEnvironment configurable && !present.isEmpty()) {
			Binder binder = withoutRandom(configurable);
			for (String port : present.split(",", -1)) {
				String name = port.substring(0, port.indexOf(':'));
				if (configured(name, binder).contains(RANDOM)) {
					ports.put(name, Integer.valueOf(port.substring(port.indexOf(':') + 1)));
				}
			}
		}
		return new RandomPorts(ports);
	}

	/** Return how the address of a listener is configured, empty if it is not. */
	private static String configured(String name, Binder binder) {
		if (name.equals(LaunchPlan.MANAGEMENT)) {
			return text(property(name), binder);
		}
		int place = place(name);
		if (place < 0) {
			return text("unicorn.listeners." + name, binder);
		}
		List<String> binds = binds(binder);
		if (binds.isEmpty()) {
			return (place == 0) ? text(property(name), binder) : "";
		}
		return (place < binds.size()) ? binds.get(place) : "";
	}

	/**
	 * Return the place in {@code unicorn.bind}, or -1 for a listener that is not there.
	 */
	private static int place(String name) {
		if (name.equals(LaunchPlan.HTTP)) {
			return 0;
		}
		return name.matches(LaunchPlan.HTTP + "-[0-9]{1,4}")
				? Integer.parseInt(name.substring(LaunchPlan.HTTP.length() + 1)) - 1 : -1;
	}

	/** A list is configured as one text or element by element. */
	private static List<String> binds(Binder binder) {
		String text = text("unicorn.bind", binder);
		return text.isBlank() ? binder.bind("unicorn.bind", Bindable.listOf(String.class)).orElseGet(List::of)
				: List.of(text.split(BETWEEN_ADDRESSES, -1));
	}

	private static String text(String property, Binder binder) {
		return binder.bind(property, String.class).orElseGet(() -> "");
	}

	/** Return a binder that leaves placeholders of random numbers as they are. */
	private static Binder withoutRandom(ConfigurableEnvironment environment) {
		MutablePropertySources sources = new MutablePropertySources();
		environment.getPropertySources()
			.stream()
			.filter((source) -> !(source instanceof RandomValuePropertySource)
					&& !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
			.forEach(sources::addLast);
		return new Binder(ConfigurationPropertySources.from(sources), new PropertySourcesPlaceholdersResolver(sources));
	}

	private static String property(String name) {
		return WebAddresses.prefix(name) + ".port";
	}

	/**
	 * Return the port of a listener: the present one if the configured one is random.
	 */
	int port(String name, int configured) {
		return this.ports.getOrDefault(name, configured);
	}

	/**
	 * Return the properties that give these ports to a worker's application.
	 */
	public Map<String, Object> properties() {
		Map<String, Object> properties = new HashMap<>();
		for (String name : List.of(LaunchPlan.HTTP, LaunchPlan.MANAGEMENT)) {
			if (this.ports.containsKey(name)) {
				properties.put(property(name), this.ports.get(name));
			}
		}
		return properties;
	}

}
