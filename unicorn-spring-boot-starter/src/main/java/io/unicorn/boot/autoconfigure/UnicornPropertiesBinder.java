package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.launch.AotCache;
import io.unicorn.launch.JvmProfile;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.launch.WorkerClass;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * Reads {@code unicorn.*} out of an environment and refuses what makes no sense, in words
 * that say what would.
 */
public final class UnicornPropertiesBinder {

	/** Gunicorn's variable for the number of workers; many platforms set it. */
	static final String WEB_CONCURRENCY = "WEB_CONCURRENCY";

	/** More processes than this on one machine are a typing error. */
	private static final int MAX_WORKERS = 1024;

	private static final int MAX_THREADS = 100_000;

	private static final int MAX_WARM_UP_REQUESTS = 100_000;

	/** What may stand in the head of a request as it is, without a fragment. */
	private static final Pattern REQUEST_TARGET = Pattern.compile("/[!-~&&[^#]]*");

	/** Longer than any worker lives, and short enough to be added to any time. */
	private static final Duration MAX_TIME = Duration.ofDays(365);

	private static final long MAX_REQUESTS = 1_000_000_000_000L;

	private static final String A_DURATION = "a duration such as 30s, at most 365d, or 0 to switch it off";

	private static final String A_TIME = "a duration such as 30s, longer than 0 and at most 365d";

	private static final String A_SURGE = "a number from 0 to " + MAX_WORKERS
			+ ", and not 0 together with the other of max-surge and max-unavailable";

	private static final Map<String, String> ALLOWED = Map.ofEntries(Map.entry("enabled", "true or false"),
			Map.entry("workers", "a number from 1 to " + MAX_WORKERS + ", or auto"),
			Map.entry("worker-class", "one of: " + WorkerClass.names()),
			Map.entry("threads", "a number from 1 to " + MAX_THREADS),
			Map.entry("max-requests", "a number from 0 to 1000000000000"),
			Map.entry("max-requests-jitter", "a number from 0 to 1000000000000"), Map.entry("timeout", A_DURATION),
			Map.entry("graceful-timeout", A_TIME), Map.entry("boot-timeout", A_DURATION),
			Map.entry("shutdown-delay", A_DURATION), Map.entry("reload-on-change", "true or false"),
			Map.entry("rollout.max-surge", A_SURGE), Map.entry("rollout.max-unavailable", A_SURGE),
			Map.entry("rollout.health", "readiness, the name of a health group, or none"),
			Map.entry("rollout.observe", A_DURATION),
			Map.entry("rollout.cpu-quota", "a number from 1 to " + RolloutSettings.NO_QUOTA + ", in percent"),
			Map.entry("warm-up.paths", "paths that begin with /, and a query if need be, without spaces"),
			Map.entry("warm-up.requests", "a number from 1 to " + MAX_WARM_UP_REQUESTS),
			Map.entry("warm-up.timeout", A_TIME), Map.entry("aot-cache", "one of: " + AotCache.names()),
			Map.entry("jvm-profile", "one of: " + JvmProfile.names()),
			Map.entry("jvm-args", "JVM flags, each with a value that follows after = or :"));

	/** What says which program to run, and not how. */
	private static final Set<String> NO_FLAGS = Set.of("-jar", "-m", "--module", "-cp", "-classpath", "--class-path",
			"-p", "--module-path");

	private final Environment environment;

	private UnicornPropertiesBinder(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Return the properties.
	 * @throws InvalidUnicornPropertyException if a value is not allowed or a property
	 * does not exist
	 */
	public static UnicornProperties bind(Environment environment) {
		return new UnicornPropertiesBinder(environment).bindAndCheck();
	}

	/**
	 * Return the value of {@code unicorn.enabled}, or {@code null} if it is not set.
	 * @throws InvalidUnicornPropertyException if it is neither true nor false
	 */
	public static @Nullable Boolean enabled(Environment environment) {
		try {
			return Binder.get(environment).bind("unicorn.enabled", Boolean.class).orElse(null);
		}
		catch (BindException ex) {
			throw new UnicornPropertiesBinder(environment).invalid("enabled", ex);
		}
	}

	/**
	 * Return what the master needs to know of the properties.
	 * @throws InvalidUnicornPropertyException if {@code WEB_CONCURRENCY} is not a number
	 */
	public static PoolSettings poolSettings(UnicornProperties properties, Environment environment) {
		String fallback = environment.getProperty(WEB_CONCURRENCY);
		if (fallback == null || fallback.isBlank() || !isAuto(properties)) {
			return properties.toPoolSettings(OptionalInt.empty());
		}
		int workers = number(fallback);
		if (workers < 1 || workers > MAX_WORKERS) {
			throw new InvalidUnicornPropertyException(WEB_CONCURRENCY, fallback, null,
					"a number from 1 to " + MAX_WORKERS, null);
		}
		return properties.toPoolSettings(OptionalInt.of(workers));
	}

	private UnicornProperties bindAndCheck() {
		UnicornProperties properties = bindOnly();
		check("workers", isAuto(properties) || isWithin(number(properties.workers()), MAX_WORKERS));
		check("threads", properties.threads() == null || isWithin(properties.threads(), MAX_THREADS));
		check("max-requests", isCount(properties.maxRequests()));
		check("max-requests-jitter", isCount(properties.maxRequestsJitter()));
		check("timeout", isTime(properties.timeout()));
		check("graceful-timeout", isTime(properties.gracefulTimeout()) && !properties.gracefulTimeout().isZero());
		check("boot-timeout", isTime(properties.bootTimeout()));
		check("shutdown-delay", isTime(properties.shutdownDelay()));
		checkEach("jvm-args", properties.jvmArgs(), UnicornPropertiesBinder::isFlag);
		check(properties.rollout());
		check(properties.warmUp());
		return properties;
	}

	private void check(UnicornProperties.WarmUp warmUp) {
		checkEach("warm-up.paths", warmUp.paths(), REQUEST_TARGET.asMatchPredicate());
		check("warm-up.requests", isWithin(warmUp.requests(), MAX_WARM_UP_REQUESTS));
		check("warm-up.timeout", isTime(warmUp.timeout()) && !warmUp.timeout().isZero());
	}

	private void check(UnicornProperties.Rollout rollout) {
		check("rollout.max-surge", isSurge(rollout.maxSurge()));
		check("rollout.max-unavailable",
				isSurge(rollout.maxUnavailable()) && rollout.maxSurge() + rollout.maxUnavailable() > 0);
		check("rollout.health", !rollout.health().isBlank());
		check("rollout.observe", isTime(rollout.observe()));
		check("rollout.cpu-quota",
				rollout.cpuQuota() == null || isWithin(rollout.cpuQuota(), RolloutSettings.NO_QUOTA));
	}

	private static boolean isSurge(int number) {
		return number >= 0 && number <= MAX_WORKERS;
	}

	private static boolean isFlag(String text) {
		String name = text.contains("=") ? text.substring(0, text.indexOf('=')) : text;
		return text.startsWith("-") && text.strip().equals(text) && !NO_FLAGS.contains(name);
	}

	private UnicornProperties bindOnly() {
		try {
			return Binder.get(this.environment)
				.bindOrCreate("unicorn", Bindable.of(UnicornProperties.class),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
		catch (BindException ex) {
			throw suspects(ex)
				.flatMap((suspect) -> ALLOWED.keySet()
					.stream()
					.filter((known) -> ConfigurationPropertyName.of("unicorn." + known).equals(suspect.getName())))
				.findFirst()
				.<RuntimeException>map((known) -> invalid(known, ex))
				.orElseGet(() -> unknown(ex));
		}
	}

	private static RuntimeException unknown(BindException ex) {
		if (!(ex.getCause() instanceof UnboundConfigurationPropertiesException unbound)) {
			return ex;
		}
		List<String> known = names("unicorn.", UnicornProperties.class).sorted().toList();
		return unbound.getUnboundProperties()
			.stream()
			.findFirst()
			.<RuntimeException>map((property) -> InvalidUnicornPropertyException.unknown(property.getName().toString(),
					String.valueOf(property.getValue()), property.getOrigin(), known, ex))
			.orElse(ex);
	}

	private static Stream<String> names(String prefix, Class<?> type) {
		return Arrays.stream(type.getRecordComponents()).flatMap((component) -> {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			return component.getType().isRecord() ? names(name + ".", component.getType()) : Stream.of(name);
		});
	}

	/** What is empty counts as left unbound, too. */
	private static Stream<ConfigurationProperty> suspects(BindException ex) {
		return (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound)
				? unbound.getUnboundProperties().stream() : Stream.ofNullable(ex.getProperty());
	}

	private static boolean isAuto(UnicornProperties properties) {
		return UnicornProperties.AUTO.equalsIgnoreCase(properties.workers().trim());
	}

	private static boolean isCount(long number) {
		return number >= 0 && number <= MAX_REQUESTS;
	}

	private static boolean isTime(Duration duration) {
		return !duration.isNegative() && duration.compareTo(MAX_TIME) <= 0;
	}

	private static boolean isWithin(int number, int most) {
		return number >= 1 && number <= most;
	}

	/** Return the number, or 0, which is never allowed, if it is none. */
	private static int number(String text) {
		try {
			return Integer.parseInt(text.trim());
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private void check(String name, boolean allowed) {
		if (!allowed) {
			throw invalid(name, null);
		}
	}

	/** A list may be written as one text, or element by element. */
	private void checkEach(String name, List<String> values, Predicate<String> allowed) {
		for (int i = 0; i < values.size(); i++) {
			if (!allowed.test(values.get(i))) {
				ConfigurationProperty element = find("unicorn." + name + "[" + i + "]");
				throw (element != null) ? invalid(name, element.getName().toString(), element, null)
						: invalid(name, null);
			}
		}
	}

	private InvalidUnicornPropertyException invalid(String name, @Nullable Throwable cause) {
		String property = "unicorn." + name;
		return invalid(name, property, find(property), cause);
	}

	private InvalidUnicornPropertyException invalid(String name, String property, @Nullable ConfigurationProperty found,
			@Nullable Throwable cause) {
		String value = (found != null) ? this.environment.resolvePlaceholders(String.valueOf(found.getValue())) : "";
		Origin origin = (found != null) ? found.getOrigin() : null;
		return new InvalidUnicornPropertyException(property, value, origin, ALLOWED.getOrDefault(name, ""), cause);
	}

	private @Nullable ConfigurationProperty find(String property) {
		ConfigurationPropertyName sought = ConfigurationPropertyName.of(property);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty found = source.getConfigurationProperty(sought);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

}
