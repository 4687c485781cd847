package io.unicorn.boot.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

/**
 * A setting of the pool with its value and where that comes from.
 *
 * @param name name of the property
 * @param text the value, as it may be written in a configuration; {@code -} for none
 * @param origin where it was set, or {@code default}
 */
public record ConfiguredValue(String name, String text, String origin) {

	private static final String DEFAULT = "default";

	/** What a default follows from, if that is set. */
	private static final Map<String, String> IMPLIED = Map.of("unicorn.workers",
			UnicornPropertiesBinder.WEB_CONCURRENCY, "unicorn.graceful-timeout",
			"spring.lifecycle.timeout-per-shutdown-phase", "unicorn.worker-class", "spring.threads.virtual.enabled");

	/**
	 * Return all settings, in the order of the documentation.
	 * @throws InvalidUnicornPropertyException if a value is not allowed or a property
	 * does not exist
	 */
	public static List<ConfiguredValue> all(Environment environment) {
		List<ConfiguredValue> values = new ArrayList<>();
		add("unicorn.", UnicornPropertiesBinder.bind(environment), environment, values);
		return values;
	}

	private static void add(String prefix, Record properties, Environment environment, List<ConfiguredValue> values) {
		for (RecordComponent component : properties.getClass().getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			Object value = ReflectionUtils.invokeMethod(component.getAccessor(), properties);
			if (value instanceof Record group) {
				add(name + ".", group, environment, values);
			}
			else if (value instanceof Map<?, ?> entries && !entries.isEmpty()) {
				entries.forEach((key, entry) -> values
					.add(new ConfiguredValue(name + "." + key, text(entry), origin(name + "." + key, environment))));
			}
			else {
				values.add(new ConfiguredValue(name, text(value), origin(name, environment)));
			}
		}
	}

	private static String origin(String name, Environment environment) {
		String origin = UnicornPropertiesBinder.origin(name, environment);
		if (origin != null) {
			return origin;
		}
		String other = IMPLIED.get(name);
		return (other != null && environment.containsProperty(other))
				? DEFAULT + ", see " + other + "=" + environment.getProperty(other) : DEFAULT;
	}

	private static String text(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
		}
		if (value instanceof Collection<?> elements) {
			return elements.isEmpty() ? "-" : elements.stream().map(String::valueOf).collect(Collectors.joining(","));
		}
		if (value instanceof Map<?, ?>) {
			return "-";
		}
		if (value instanceof Enum<?>) {
			return value.toString().toLowerCase(Locale.ROOT);
		}
		return (value != null) ? value.toString() : "-";
	}

	/** Whether the user has set it, or something that it follows from. */
	public boolean isSet() {
		return !this.origin.equals(DEFAULT);
	}

}
