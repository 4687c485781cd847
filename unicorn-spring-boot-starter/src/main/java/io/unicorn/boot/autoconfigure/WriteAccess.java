package io.unicorn.boot.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Finds out whether the application has an endpoint that may change the pool, by the
 * rules of Actuator. They are repeated here, because the master is started without
 * Actuator's classes. Without such an endpoint, the master refuses the requests of
 * workers.
 */
final class WriteAccess {

	private static final String ENDPOINT = "unicorn";

	private static final String EVERY_ENDPOINT = "*";

	private static final String UNRESTRICTED = "unrestricted";

	private final Environment environment;

	private final Binder binder;

	WriteAccess(Environment environment) {
		this.environment = environment;
		this.binder = Binder.get(environment);
	}

	boolean isGranted() {
		String maximum = text("management.endpoints.access.max-permitted");
		return isUnrestricted() && (maximum == null || isUnrestricted(maximum)) && isExposed();
	}

	private boolean isUnrestricted() {
		for (String[] names : List.of(
				new String[] { "management.endpoint." + ENDPOINT + ".access",
						"management.endpoint." + ENDPOINT + ".enabled" },
				new String[] { "management.endpoints.access.default", "management.endpoints.enabled-by-default" })) {
			String access = text(names[0]);
			String enabled = text(names[1]);
			if (access != null || enabled != null) {
				return (access != null) ? isUnrestricted(access) : Boolean.parseBoolean(enabled);
			}
		}
		return false;
	}

	private static boolean isUnrestricted(String access) {
		return access.strip().toLowerCase(Locale.ROOT).equals(UNRESTRICTED);
	}

	private boolean isExposed() {
		return isExposed("web") || isExposed("jmx") || CloudPlatform.CLOUD_FOUNDRY.isActive(this.environment);
	}

	/** Whether the endpoint is exposed by {@code web} or {@code jmx}. */
	boolean isExposed(String technology) {
		String prefix = "management.endpoints." + technology + ".exposure.";
		return isIn(prefix + "include") && !isIn(prefix + "exclude");
	}

	private boolean isIn(String property) {
		String[] endpoints = this.binder.bind(property, String[].class).orElse(new String[0]);
		return Arrays.stream(endpoints)
			.map(WriteAccess::plain)
			.anyMatch((endpoint) -> endpoint.equals(ENDPOINT) || endpoint.equals(EVERY_ENDPOINT));
	}

	/** Return the name of an endpoint as Actuator compares it. */
	private static String plain(String endpoint) {
		return endpoint.strip().replace("-", "").replace(".", "").toLowerCase(Locale.ROOT);
	}

	private @Nullable String text(String property) {
		return this.binder.bind(property, String.class).orElse(null);
	}

}
