package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.boot.doctor.FindingIds;
import io.unicorn.boot.server.TrustedPeers;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.JvmProfile;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.launch.settings.SocketMode;
import io.unicorn.launch.settings.WorkerClass;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.BindResult;
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
import org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment;
import org.springframework.core.env.Environment;

/**
 * Reads {@code unicorn.*} from an environment and refuses a value that is not allowed,
 * with an exception that names the allowed values.
 */
public final class UnicornPropertiesBinder {

	/** Gunicorn's variable for the number of workers; many platforms set it. */
	static final String WEB_CONCURRENCY = "WEB_CONCURRENCY";

	private static final int MAX_THREADS = 100_000;

	private static final int MAX_CONNECTIONS = 1_000_000;

	private static final int MAX_WARM_UP_REQUESTS = 100_000;

	/** The characters that a request line may contain unencoded, without a fragment. */
	private static final Pattern REQUEST_TARGET = Pattern.compile("/[!-~&&[^#]]*");

	/** Not a name that the web server's listeners have. */
	private static final Pattern LISTENER_NAME = Pattern
		.compile("(?!http$|http-[0-9]+$|management$)[A-Za-z0-9][A-Za-z0-9-]*");

	private static final String SHUTDOWN_PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

	/** The default of graceful-timeout. */
	private static final Duration GRACEFUL_TIMEOUT = Duration.ofSeconds(30);

	/** What a drain keeps of the graceful-timeout for closing the application. */
	private static final Duration CLOSE_TIME = Duration.ofSeconds(3);

	/** Longer than any worker lives, and short enough to be added to any instant. */
	private static final Duration MAX_TIME = Duration.ofDays(365);

	private static final long MAX_REQUESTS = 1_000_000_000_000L;

	private static final String A_DURATION = "a duration such as 30s, at most 365d, or 0 to switch it off";

	private static final String A_TIME = "a duration such as 30s, longer than 0 and at most 365d";

	private static final String A_SURGE = "a number from 0 to " + PoolSettings.MAX_WORKERS
			+ ", and not 0 if the other of max-surge and max-unavailable is 0";

	private static final Map<String, String> ALLOWED = Map.ofEntries(Map.entry("enabled", "true or false"),
			Map.entry("workers", "a number from 1 to " + PoolSettings.MAX_WORKERS + ", or auto"),
			Map.entry("worker-class", "one of: " + WorkerClass.names()),
			Map.entry("worker-class.on-this-jdk",
					"gthread or sync, because virtual needs a JDK from 21 on and this is "
							+ Runtime.version().feature()),
			Map.entry("worker-class.of-reactive",
					"event-loop, because this application is reactive and its server has no thread per request"),
			Map.entry("worker-class.of-servlet",
					"gthread, virtual or sync, because event-loop needs a reactive application (WebFlux)"),
			Map.entry("threads", "a number from 1 to " + MAX_THREADS),
			Map.entry("worker-connections", "a number from 1 to " + MAX_CONNECTIONS),
			Map.entry("bind", BindAddress.FORMS), Map.entry("bind.twice", "addresses that differ"),
			Map.entry("backlog", "a number from 1 to " + MAX_CONNECTIONS), Map.entry("reuse-port", "true or false"),
			Map.entry("unix.mode", SocketMode.FORM),
			Map.entry("unix.owner", "a user, a user and a group, or a group: www, www:www or :www"),
			Map.entry("listeners", BindAddress.FORMS),
			Map.entry("listeners.name",
					"an address under a name of letters, digits and hyphens that is not http, management, or http- "
							+ "with a number"),
			Map.entry("max-requests", "a number from 0 to 1000000000000"),
			Map.entry("max-requests-jitter", "a number from 0 to 1000000000000"), Map.entry("timeout", A_DURATION),
			Map.entry("graceful-timeout", A_TIME), Map.entry("boot-timeout", A_DURATION),
			Map.entry("migration-timeout", A_DURATION), Map.entry("initialization", "one of: first, every"),
			Map.entry("runners", "one of: first, every"), Map.entry("scheduling", "one of: leader, all"),
			Map.entry("shutdown-delay", A_DURATION), Map.entry("slow-request", A_DURATION),
			Map.entry("reload-on-change", "true or false"), Map.entry("rollout.max-surge", A_SURGE),
			Map.entry("rollout.max-unavailable", A_SURGE),
			Map.entry("rollout.health", "readiness, the name of a health group, or none"),
			Map.entry("rollout.observe", A_DURATION),
			Map.entry("health.min-ready", "a number from 0 to " + PoolSettings.MAX_WORKERS),
			Map.entry("probe.address",
					"a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090"),
			Map.entry("dashboard.enabled", "true or false"), Map.entry("proxy-protocol", "one of: off, v1, v2, auto"),
			Map.entry("proxy-allow-ips", "IP addresses such as 10.0.0.7, networks such as 10.0.0.0/8, or * for all"),
			Map.entry("warm-up.paths", "paths that begin with /, each with or without a query, without spaces and #"),
			Map.entry("warm-up.requests", "a number from 1 to " + MAX_WARM_UP_REQUESTS),
			Map.entry("warm-up.timeout", A_TIME), Map.entry("hooks.timeout", A_TIME),
			Map.entry("doctor.enabled", "true or false"),
			Map.entry("doctor.silenced", "ids of findings: " + String.join(", ", FindingIds.ALL)),
			Map.entry("aot-cache", "one of: " + AotCache.names()),
			Map.entry("jvm-profile", "one of: " + JvmProfile.names()),
			Map.entry("jvm-args", "JVM flags that begin with -, each with its value after = or :"));

	/** Options that select the program to run; they are not flags of the JVM. */
	private static final Set<String> NO_FLAGS = Set.of("-jar", "-m", "--module", "-cp", "-classpath", "--class-path",
			"-p", "--module-path");

	private final Environment environment;

	private UnicornPropertiesBinder(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Bind and check the properties.
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
	 * Return the settings that the master needs.
	 * @throws InvalidUnicornPropertyException if {@code WEB_CONCURRENCY} is not a number
	 */
	public static PoolSettings poolSettings(UnicornProperties properties, Environment environment) {
		return withWorkers(properties, environment).withRequestableRollouts(new WriteAccess(environment).isGranted());
	}

	private static PoolSettings withWorkers(UnicornProperties properties, Environment environment) {
		String fallback = environment.getProperty(WEB_CONCURRENCY);
		if (fallback == null || fallback.isBlank() || !isAuto(properties)) {
			return properties.toPoolSettings(OptionalInt.empty());
		}
		int workers = number(fallback);
		if (workers < 1 || workers > PoolSettings.MAX_WORKERS) {
			throw new InvalidUnicornPropertyException(WEB_CONCURRENCY, fallback, null,
					"a number from 1 to " + PoolSettings.MAX_WORKERS, null);
		}
		return properties.toPoolSettings(OptionalInt.of(workers));
	}

	/**
	 * Return a line for the log if {@code unicorn.graceful-timeout} is not set and has
	 * another value than its default, otherwise {@code null}.
	 */
	public static @Nullable String gracefulTimeoutRemark(UnicornProperties properties, Environment environment) {
		Duration phase = new UnicornPropertiesBinder(environment).longerShutdownPhase();
		return (phase == null) ? null
				: "unicorn.graceful-timeout is " + properties.gracefulTimeout().toSeconds() + " s, because "
						+ SHUTDOWN_PHASE + " is " + phase.toSeconds() + " s and the application takes time to close";
	}

	/**
	 * Return where a property is set, or {@code null} if it is not.
	 */
	static @Nullable String origin(String property, Environment environment) {
		UnicornPropertiesBinder binder = new UnicornPropertiesBinder(environment);
		ConfigurationProperty found = binder.find(property);
		ConfigurationProperty first = (found != null) ? found : binder.find(property + "[0]");
		return (first != null) ? String.valueOf(first.getOrigin()) : null;
	}

	/**
	 * Return a line for the log if there is no page although one is wanted, otherwise
	 * {@code null}.
	 */
	public static @Nullable String dashboardRemark(UnicornProperties properties, Environment environment) {
		boolean missing = properties.dashboard().enabled() && !new WriteAccess(environment).isExposed("web");
		return missing ? "unicorn.dashboard.enabled has no effect, because the endpoint unicorn is not exposed: the "
				+ "application needs Spring Boot's Actuator, and unicorn in management.endpoints.web.exposure.include"
				: null;
	}

	/** Return the time of Spring's shutdown phases if it replaces our default. */
	private @Nullable Duration longerShutdownPhase() {
		if (find("unicorn.graceful-timeout") != null) {
			return null;
		}
		try {
			BindResult<Duration> phase = Binder.get(this.environment).bind(SHUTDOWN_PHASE, Duration.class);
			if (!phase.isBound() || phase.get().compareTo(GRACEFUL_TIMEOUT) <= 0) {
				return null;
			}
			return (phase.get().compareTo(MAX_TIME) > 0) ? MAX_TIME : phase.get();
		}
		catch (BindException ex) {
			// Spring Boot refuses this value later.
			return null;
		}
	}

	private UnicornProperties bindAndCheck() {
		UnicornProperties bound = bindAndCheckOurs();
		UnicornProperties properties = bound.withWorkerClass(workerClass(bound.workerClass()));
		Duration phase = longerShutdownPhase();
		return (phase != null) ? properties.withGracefulTimeout(phase.plus(CLOSE_TIME)) : properties;
	}

	private UnicornProperties bindAndCheckOurs() {
		UnicornProperties properties = bindOnly();
		check("workers", isAuto(properties) || isWithin(number(properties.workers()), PoolSettings.MAX_WORKERS));
		check("threads", properties.threads() == null || isWithin(properties.threads(), MAX_THREADS));
		check("worker-connections",
				properties.workerConnections() == null || isWithin(properties.workerConnections(), MAX_CONNECTIONS));
		checkAddresses(properties);
		check("backlog", properties.backlog() == null || isWithin(properties.backlog(), MAX_CONNECTIONS));
		check("unix.mode", SocketMode.parse(properties.unix().mode()).isPresent());
		check("unix.owner", isOwner(properties.unix().owner()));
		check("max-requests", isCount(properties.maxRequests()));
		check("max-requests-jitter", isCount(properties.maxRequestsJitter()));
		check("timeout", isTime(properties.timeout()));
		check("graceful-timeout", isTime(properties.gracefulTimeout()) && !properties.gracefulTimeout().isZero());
		check("boot-timeout", isTime(properties.bootTimeout()));
		check("migration-timeout", isTime(properties.migrationTimeout()));
		check("shutdown-delay", isTime(properties.shutdownDelay()));
		check("slow-request", isTime(properties.slowRequest()));
		checkEach("jvm-args", properties.jvmArgs(), UnicornPropertiesBinder::isFlag);
		check(properties.rollout());
		check("health.min-ready", isNumberOfWorkers(properties.health().minReady()));
		check("probe.address", isProbeAddress(properties.probe().address()));
		check(properties.warmUp());
		check("hooks.timeout", isTime(properties.hooks().timeout()) && !properties.hooks().timeout().isZero());
		checkEach("proxy-allow-ips", properties.proxyAllowIps(), TrustedPeers::isValid);
		checkEach("doctor.silenced", properties.doctor().silenced(), FindingIds.ALL::contains);
		return properties;
	}

	/**
	 * Return the class with this name; without one, that which the application implies.
	 */
	private WorkerClass workerClass(@Nullable String name) {
		int jdk = Runtime.version().feature();
		boolean reactive = isReactive();
		if (name == null && reactive) {
			return WorkerClass.EVENT_LOOP;
		}
		if (name == null) {
			boolean virtual = this.environment.getProperty("spring.threads.virtual.enabled", "").strip().equals("true");
			return (virtual && WorkerClass.VIRTUAL.isPossibleOn(jdk)) ? WorkerClass.VIRTUAL : WorkerClass.GTHREAD;
		}
		try {
			WorkerClass found = WorkerClass.of(name);
			if (!found.isPossibleOn(jdk)) {
				throw invalid("worker-class.on-this-jdk", "unicorn.worker-class", find("unicorn.worker-class"), null);
			}
			if (reactive != (found == WorkerClass.EVENT_LOOP)) {
				throw invalid(reactive ? "worker-class.of-reactive" : "worker-class.of-servlet", "unicorn.worker-class",
						find("unicorn.worker-class"), null);
			}
			return found;
		}
		catch (IllegalArgumentException ex) {
			throw invalid("worker-class", ex);
		}
	}

	/** Whether the application is reactive, as Spring Boot decides. */
	private boolean isReactive() {
		String configured = this.environment.getProperty("spring.main.web-application-type", "").strip();
		return configured.isEmpty() ? this.environment instanceof ConfigurableReactiveWebEnvironment
				: configured.equalsIgnoreCase(WebApplicationType.REACTIVE.name());
	}

	/**
	 * Return how a worker serves requests.
	 * @param properties the properties as Spring Boot binds them
	 */
	static WorkerClass workerClass(UnicornProperties properties, Environment environment) {
		return new UnicornPropertiesBinder(environment).workerClass(properties.workerClass());
	}

	/**
	 * Return a line for the log if {@code unicorn.worker-class} is another name for what
	 * it is called here, otherwise {@code null}.
	 */
	public static @Nullable String workerClassRemark(UnicornProperties properties, Environment environment) {
		String name = environment.getProperty("unicorn.worker-class", "").strip();
		return (name.isEmpty() || name.equalsIgnoreCase(properties.workerClass())) ? null
				: "unicorn.worker-class=" + name + " is " + properties.workerClass() + " here";
	}

	private void checkAddresses(UnicornProperties properties) {
		checkEach("bind", properties.bind(), (text) -> BindAddress.parse(text) != null);
		properties.listeners().forEach((name, text) -> {
			String property = "unicorn.listeners." + name;
			if (!LISTENER_NAME.matcher(name).matches()) {
				throw invalid("listeners.name", property, find(property), null);
			}
			if (BindAddress.parse(text) == null) {
				throw invalid("listeners", property, find(property), null);
			}
		});
		Set<BindAddress> seen = new HashSet<>();
		boolean twice = Stream.concat(properties.bind().stream(), properties.listeners().values().stream())
			.map(BindAddress::parse)
			.anyMatch((address) -> !(address instanceof BindAddress.Tcp tcp && tcp.port() == 0) && !seen.add(address));
		if (twice) {
			String property = properties.bind().isEmpty() ? "unicorn.listeners" : "unicorn.bind";
			throw invalid("bind.twice", property, find(property), null);
		}
	}

	private static boolean isOwner(@Nullable String owner) {
		return owner == null || owner.isBlank() || owner.strip().matches("[^:\\s]+(:[^:\\s]+)?|:[^:\\s]+");
	}

	private void check(UnicornProperties.WarmUp warmUp) {
		checkEach("warm-up.paths", warmUp.paths(), REQUEST_TARGET.asMatchPredicate());
		check("warm-up.requests", isWithin(warmUp.requests(), MAX_WARM_UP_REQUESTS));
		check("warm-up.timeout", isTime(warmUp.timeout()) && !warmUp.timeout().isZero());
	}

	private void check(UnicornProperties.Rollout rollout) {
		check("rollout.max-surge", isNumberOfWorkers(rollout.maxSurge()));
		check("rollout.max-unavailable",
				isNumberOfWorkers(rollout.maxUnavailable()) && rollout.maxSurge() + rollout.maxUnavailable() > 0);
		check("rollout.health", !rollout.health().isBlank());
		check("rollout.observe", isTime(rollout.observe()));
	}

	private static boolean isNumberOfWorkers(int number) {
		return number >= 0 && number <= PoolSettings.MAX_WORKERS;
	}

	private static boolean isProbeAddress(@Nullable String address) {
		return address == null || address.isBlank() || ProbeAddress.parse(address) != null;
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
			throw failedProperties(ex)
				.flatMap((failed) -> ALLOWED.keySet()
					.stream()
					.filter((known) -> ConfigurationPropertyName.of("unicorn." + known).equals(failed.getName())))
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

	/** A property with an empty value counts as unbound, too. */
	private static Stream<ConfigurationProperty> failedProperties(BindException ex) {
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

	private static boolean isWithin(int number, int max) {
		return number >= 1 && number <= max;
	}

	/** Return the number, or 0, which is never allowed, if the text is not a number. */
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

	/** A list is configured as one text or element by element. */
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
		if (!ConfigurationPropertyName.isValid(property)) {
			return null;
		}
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
