package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import io.unicorn.boot.once.InitializationMode;
import io.unicorn.boot.scheduling.SchedulingMode;
import io.unicorn.boot.server.ProxyProtocol;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.JvmProfile;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.web.context.reactive.StandardReactiveWebEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class UnicornPropertiesBinderTests {

	private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

	private final StandardEnvironment environment = new StandardEnvironment();

	UnicornPropertiesBinderTests() {
		this.environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	private UnicornProperties bind(Map<String, Object> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		ConfigurationPropertySources.attach(this.environment);
		return UnicornPropertiesBinder.bind(this.environment);
	}

	private PoolSettings poolSettings(Map<String, Object> properties) {
		return UnicornPropertiesBinder.poolSettings(bind(properties), this.environment);
	}

	@Test
	void theDefaultsAreThoseOfTheDocumentation() {
		assertThat(bind(Map.of())).isEqualTo(new UnicornProperties(null, "auto", "gthread", null, null, List.of(), null,
				false, new UnicornProperties.Unix("0660", null), Map.of(), 0, 0, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(120), Duration.ofMinutes(10), InitializationMode.FIRST,
				SchedulingMode.LEADER, null, Duration.ZERO, false,
				new UnicornProperties.Rollout(1, 0, "readiness", Duration.ofSeconds(5)),
				new UnicornProperties.Health(0), new UnicornProperties.Dashboard(false),
				new UnicornProperties.WarmUp(List.of(), 1000, Duration.ofSeconds(30)), AotCache.AUTO,
				JvmProfile.BALANCED, List.of(), null, null, Duration.ZERO, null, new UnicornProperties.Probe(null),
				new UnicornProperties.Hooks(null, null, null, null, null, null, null, Duration.ofSeconds(10)),
				ProxyProtocol.OFF, List.of("127.0.0.1", "::1"), new UnicornProperties.Share(true, true, true),
				new UnicornProperties.Doctor(true, List.of())));
	}

	@ParameterizedTest
	@CsvSource({ "unicorn.enabled, true", "unicorn.enabled, false", "unicorn.workers, 1", "unicorn.workers, 1024",
			"unicorn.workers, auto", "unicorn.workers, AUTO", "unicorn.workers, ' 3 '", "unicorn.worker-class, sync",
			"unicorn.jvm-profile, compact", "unicorn.jvm-profile, None", "unicorn.worker-class, GTHREAD",
			"unicorn.worker-class, gThread", "unicorn.threads, 1", "unicorn.threads, 100000",
			"unicorn.worker-class, threads", "unicorn.worker-connections, 1000000", "unicorn.max-requests, 0",
			"unicorn.max-requests, 9000000000", "unicorn.max-requests-jitter, 100", "unicorn.timeout, 0",
			"unicorn.timeout, 90", "unicorn.timeout, 500ms", "unicorn.timeout, 2m", "unicorn.timeout, PT5S",
			"unicorn.graceful-timeout, 1ms", "unicorn.boot-timeout, 0", "unicorn.migration-timeout, 0",
			"unicorn.initialization, Every", "unicorn.scheduling, All", "unicorn.runners, first",
			"unicorn.shutdown-delay, 10", "unicorn.slow-request, 500ms", "unicorn.reload-on-change, true",
			"unicorn.rollout.max-surge, 3", "unicorn.rollout.max-unavailable, 2", "unicorn.bind, 8080",
			"unicorn.bind, '127.0.0.1:0,unix:/run/app.sock,fd://3'", "unicorn.bind, ':0,:0'", "unicorn.bind, ''",
			"unicorn.backlog, 1", "unicorn.reuse-port, true", "unicorn.unix.mode, 0600", "unicorn.unix.mode, 432",
			"unicorn.unix.owner, :www", "unicorn.unix.owner, www:www", "unicorn.listeners.grpc-2, '[::1]:9090'",
			"unicorn.rollout.health, none", "unicorn.health.min-ready, 2", "unicorn.probe.address, 9090",
			"unicorn.probe.address, 0.0.0.0:9090", "unicorn.probe.address, [::1]:9090", "unicorn.probe.address, ''",
			"unicorn.rollout.health, mine", "unicorn.rollout.observe, 0", "unicorn.jvm-args, '-Xmx1g,-XX:+UseSerialGC'",
			"unicorn.jvm-args, ''", "unicorn.warm-up.paths, '/,/a/b?c=%20d&e=f'", "unicorn.warm-up.paths, ''",
			"unicorn.warm-up.requests, 1", "unicorn.warm-up.timeout, 1ms", "unicorn.aot-cache, off",
			"unicorn.aot-cache, false", "unicorn.aot-cache, AUTO", "unicorn.pidfile, /run/a.pid",
			"unicorn.work-dir, /var/lib/a", "unicorn.dump-dir, /var/dumps", "unicorn.proxy-protocol, v1",
			"unicorn.proxy-protocol, V2", "unicorn.proxy-protocol, auto", "unicorn.proxy-protocol, false",
			"unicorn.proxy-allow-ips, '10.0.0.0/8,fd00::/8,192.0.2.7'", "unicorn.proxy-allow-ips, *",
			"unicorn.proxy-allow-ips, ''", "unicorn.doctor.enabled, false",
			"unicorn.doctor.silenced, 'runner,sessions'", "unicorn.doctor.silenced, ''" })
	void anAllowedValueIsBound(String name, String value) {
		assertThat(bind(Map.of(name, value))).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "unicorn.workers|0|a number from 1 to 1024, or auto",
			"unicorn.workers|-1|a number from 1 to 1024, or auto",
			"unicorn.workers|1025|a number from 1 to 1024, or auto",
			"unicorn.workers|1.5|a number from 1 to 1024, or auto",
			"unicorn.workers|many|a number from 1 to 1024, or auto",
			"unicorn.workers|99999999999|a number from 1 to 1024, or auto",
			"unicorn.workers|''|a number from 1 to 1024, or auto", "unicorn.enabled|perhaps|true or false",
			"unicorn.worker-class|uvicorn|one of: event-loop, gthread, sync, virtual",
			"unicorn.worker-connections|0|a number from 1 to 1000000", "unicorn.threads|0|a number from 1 to 100000",
			"unicorn.threads|-1|a number from 1 to 100000", "unicorn.threads|100001|a number from 1 to 100000",
			"unicorn.threads|few|a number from 1 to 100000", "unicorn.max-requests|-1|a number from 0 to 1000000000000",
			"unicorn.max-requests|1e3|a number from 0 to 1000000000000",
			"unicorn.max-requests-jitter|-1|a number from 0 to 1000000000000",
			"unicorn.max-requests-jitter|some|a number from 0 to 1000000000000",
			"unicorn.timeout|-1s|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.timeout|366d|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.max-requests|1000000000001|a number from 0 to 1000000000000",
			"unicorn.timeout|soon|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.timeout|30 parsecs|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.graceful-timeout|0|a duration such as 30s, longer than 0 and at most 365d",
			"unicorn.graceful-timeout|-5|a duration such as 30s, longer than 0 and at most 365d",
			"unicorn.graceful-timeout|never|a duration such as 30s, longer than 0 and at most 365d",
			"unicorn.boot-timeout|-1|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.migration-timeout|-1|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.initialization|once|one of: first, every", "unicorn.runners|one|one of: first, every",
			"unicorn.scheduling|first|one of: leader, all",
			"unicorn.shutdown-delay|-1|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.reload-on-change|maybe|true or false",
			"unicorn.rollout.max-surge|-1|a number from 0 to 1024, and not 0 if the other of max-surge and max-unavailable is 0",
			"unicorn.bind|localhost|an address: 8080, :8080, 0.0.0.0:8080, [::1]:8080, unix:/run/app.sock (a path of at most 107 bytes) or fd://3 (a descriptor from 3 on)",
			"unicorn.bind|fd://2|an address: 8080, :8080, 0.0.0.0:8080, [::1]:8080, unix:/run/app.sock (a path of at most 107 bytes) or fd://3 (a descriptor from 3 on)",
			"unicorn.bind[0]|unix:|an address: 8080, :8080, 0.0.0.0:8080, [::1]:8080, unix:/run/app.sock (a path of at most 107 bytes) or fd://3 (a descriptor from 3 on)",
			"unicorn.bind|8080,:8080|addresses that differ", "unicorn.backlog|0|a number from 1 to 1000000",
			"unicorn.reuse-port|maybe|true or false", "unicorn.unix.mode|0440|an octal number from 0600 to 0777",
			"unicorn.unix.owner|a:b:c|a user, a user and a group, or a group: www, www:www or :www",
			"unicorn.listeners.grpc|grpc|an address: 8080, :8080, 0.0.0.0:8080, [::1]:8080, unix:/run/app.sock (a path of at most 107 bytes) or fd://3 (a descriptor from 3 on)",
			"unicorn.listeners.http|9090|an address under a name of letters, digits and hyphens that is not http, management, or http- with a number",
			"unicorn.listeners.http-2|9090|an address under a name of letters, digits and hyphens that is not http, management, or http- with a number",
			"unicorn.listeners.management|9090|an address under a name of letters, digits and hyphens that is not http, management, or http- with a number",
			"unicorn.probe.address|0|a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090",
			"unicorn.probe.address|:9090|a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090",
			"unicorn.probe.address|::1:9090|a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090",
			"unicorn.probe.address|localhost|a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090",
			"unicorn.probe.address|a:70000|a port from 1 to 65535, alone or behind a host: 9090, 0.0.0.0:9090 or [::1]:9090",
			"unicorn.health.min-ready|-1|a number from 0 to 1024",
			"unicorn.health.min-ready|1025|a number from 0 to 1024",
			"unicorn.rollout.max-unavailable|some|a number from 0 to 1024, and not 0 if the other of max-surge and max-unavailable is 0",
			"unicorn.rollout.health|' '|readiness, the name of a health group, or none",
			"unicorn.rollout.observe|-1|a duration such as 30s, at most 365d, or 0 to switch it off",
			"unicorn.aot-cache|never|one of: auto, off", "unicorn.jvm-profile|small|one of: balanced, compact, none",
			"unicorn.jvm-args|Xmx1g|JVM flags that begin with -, each with its value after = or :",
			"unicorn.jvm-args|-cp|JVM flags that begin with -, each with its value after = or :",
			"unicorn.warm-up.paths|a|paths that begin with /, each with or without a query, without spaces and #",
			"unicorn.warm-up.paths|/,/a b|paths that begin with /, each with or without a query, without spaces and #",
			"unicorn.warm-up.paths|/ä|paths that begin with /, each with or without a query, without spaces and #",
			"unicorn.warm-up.paths|/a#b|paths that begin with /, each with or without a query, without spaces and #",
			"unicorn.warm-up.paths|http://localhost/|paths that begin with /, each with or without a query, without spaces and #",
			"unicorn.warm-up.requests|0|a number from 1 to 100000",
			"unicorn.warm-up.requests|100001|a number from 1 to 100000",
			"unicorn.warm-up.timeout|0|a duration such as 30s, longer than 0 and at most 365d",
			"unicorn.hooks.timeout|0|a duration such as 30s, longer than 0 and at most 365d",
			"unicorn.proxy-protocol|v3|one of: off, v1, v2, auto",
			"unicorn.proxy-allow-ips|localhost|IP addresses such as 10.0.0.7, networks such as 10.0.0.0/8, or * for all",
			"unicorn.proxy-allow-ips|::1,10.0.0.0/33|IP addresses such as 10.0.0.7, networks such as 10.0.0.0/8, or * for all",
			"unicorn.boot-timeout|x|a duration such as 30s, at most 365d, or 0 to switch it off" })
	void aValueThatIsNotAllowedIsRefusedWithTheAllowedOnes(String name, String value, String allowed) {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class).isThrownBy(() -> bind(Map.of(name, value)))
			.withMessage("Property " + name + " with value '" + value + "' is invalid: it must be " + allowed)
			.satisfies((ex) -> {
				assertThat(ex.getProperty()).isEqualTo(name);
				assertThat(ex.getValue()).isEqualTo(value);
				assertThat(ex.getAllowed()).isEqualTo(allowed);
			});
	}

	@ParameterizedTest
	@CsvSource({ "unicorn.warm-up.paths, /a, b", "unicorn.jvm-args, -Da=b, c",
			"unicorn.proxy-allow-ips, 10.0.0.1, ::1/129", "unicorn.doctor.silenced, runner, runners" })
	void anInvalidElementOfAListIsNamed(String name, String good, String bad) {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> bind(Map.of(name + "[0]", good, name + "[1]", bad)))
			.satisfies((ex) -> {
				assertThat(ex.getProperty()).isEqualTo(name + "[1]");
				assertThat(ex.getValue()).isEqualTo(bad);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "unicorn.timeout", "unicorn.graceful-timeout", "unicorn.boot-timeout",
			"unicorn.max-requests", "unicorn.max-requests-jitter", "unicorn.threads", "unicorn.enabled",
			"unicorn.worker-class", "unicorn.aot-cache" })
	void anEmptyValueIsTheDefaultOrRefused(String name) {
		try {
			assertThat(poolSettings(Map.of(name, ""))).isEqualTo(poolSettings(Map.of()));
		}
		catch (InvalidUnicornPropertyException ex) {
			assertThat(ex.getProperty()).isEqualTo(name);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void theApplicationsVirtualThreadsMakeTheClassVirtual() {
		assertThat(bind(Map.of("spring.threads.virtual.enabled", "true")).workerClass()).isEqualTo("virtual");
		assertThat(bind(Map.of("spring.threads.virtual.enabled", "true", "unicorn.worker-class", "sync")).workerClass())
			.isEqualTo("sync");
		assertThat(bind(Map.of("unicorn.worker-class", "gevent")).workerClass()).isEqualTo("virtual");
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsNeedALaterJdk() {
		assertThat(bind(Map.of("spring.threads.virtual.enabled", "true")).workerClass()).isEqualTo("gthread");
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> bind(Map.of("unicorn.worker-class", "gevent")))
			.withMessageContaining("with value 'gevent' is invalid: it must be gthread or sync, because virtual needs");
	}

	@Test
	void aReactiveApplicationHasAnEventLoopAndNoOtherClass() {
		Map<String, Object> reactive = Map.of("spring.main.web-application-type", "reactive");
		assertThat(bind(reactive).workerClass()).isEqualTo("event-loop");
		assertThat(UnicornPropertiesBinder.bind(new StandardReactiveWebEnvironment()).workerClass())
			.isEqualTo("event-loop");
		assertThat(bind(Map.of("spring.main.web-application-type", "reactive", "unicorn.worker-class", "asgi"))
			.workerClass()).isEqualTo("event-loop");
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(
					() -> bind(Map.of("spring.main.web-application-type", "reactive", "unicorn.worker-class", "sync")))
			.withMessageContaining("it must be event-loop, because");
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> bind(Map.of("unicorn.worker-class", "tornado")))
			.withMessageContaining("it must be gthread, virtual or sync, because");
	}

	@Test
	void anotherNameOfAClassIsExplained() {
		UnicornProperties properties = bind(Map.of("unicorn.worker-class", "threads"));
		assertThat(UnicornPropertiesBinder.workerClassRemark(properties, this.environment))
			.isEqualTo("unicorn.worker-class=threads is gthread here");
		properties = bind(Map.of("unicorn.worker-class", "GThread"));
		assertThat(UnicornPropertiesBinder.workerClassRemark(properties, this.environment)).isNull();
	}

	@Test
	void surgeAndUnavailableMustNotBothBeZero() {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> bind(Map.of("unicorn.rollout.max-surge", "0")))
			.withMessageContaining("unicorn.rollout.max-unavailable");
		assertThat(bind(Map.of("unicorn.rollout.max-surge", "0", "unicorn.rollout.max-unavailable", "1"))).isNotNull();
	}

	@Test
	void aPlaceholderIsResolvedInTheMessage() {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> bind(Map.of("unicorn.workers", "${my.number}", "my.number", "-7")))
			.withMessageContaining("'-7'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "unicorn.colour", "unicorn.worker", "unicorn.workers.count", "unicorn.timeouts",
			"unicorn.rollout.surge", "unicorn.warm-up.path" })
	void aPropertyThatDoesNotExistIsRefused(String name) {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class).isThrownBy(() -> bind(Map.of(name, "1")))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new InvalidUnicornPropertyFailureAnalyzer().analyze(ex);
				assertThat(analysis.getDescription()).startsWith("A property of the worker pool does not exist:")
					.contains("Property: " + name + "\n", "    Existing properties: ", "unicorn.workers");
				assertThat(analysis.getAction()).contains("There is no property " + name);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "unicorn.worker-class", "unicorn.workerClass", "unicorn.worker_class",
			"unicorn.WORKER-CLASS", "UNICORN.WORKERCLASS" })
	void aNameIsBoundInEveryFormThatSpringBootAllows(String name) {
		assertThat(bind(Map.of(name, "sync")).workerClass()).isEqualTo("sync");
	}

	@Test
	void environmentVariablesHaveTheirOwnForm() {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("UNICORN_WORKERCLASS", "sync", "UNICORN_MAXREQUESTSJITTER", "7", "UNICORN_WORKDIR", "/w",
							"UNICORN_HOME", "/not/ours")));
		UnicornProperties properties = bind(Map.of());
		assertThat(properties.workerClass()).isEqualTo("sync");
		assertThat(properties.maxRequestsJitter()).isEqualTo(7);
		assertThat(properties.workDir()).isEqualTo("/w");
	}

	@Test
	void anInvalidEnvironmentVariableIsNamedAsTheProperty() {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("UNICORN_MAXREQUESTS", "lots")));
		assertThatExceptionOfType(InvalidUnicornPropertyException.class).isThrownBy(() -> bind(Map.of()))
			.withMessageContaining("unicorn.max-requests")
			.withMessageContaining("'lots'");
	}

	@ParameterizedTest
	@CsvSource({ "auto, 3, 3", "AUTO, 3, 3", "' auto ', 3, 3", "auto, ' 3 ', 3", "2, 3, 2", "auto, '', 0",
			"auto, '  ', 0", "2, nonsense, 2" })
	void autoStandsForWebConcurrency(String workers, String webConcurrency, int expected) {
		PoolSettings settings = poolSettings(Map.of("unicorn.workers", workers, "WEB_CONCURRENCY", webConcurrency));
		assertThat(settings.workers()).isEqualTo((expected > 0) ? OptionalInt.of(expected) : OptionalInt.empty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "1025", "auto", "many" })
	void anInvalidWebConcurrencyIsRefused(String value) {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> poolSettings(Map.of("WEB_CONCURRENCY", value)))
			.withMessage("Property WEB_CONCURRENCY with value '" + value
					+ "' is invalid: it must be a number from 1 to 1024");
	}

	@Test
	void eachHookHasItsCommand() {
		Map<String, Object> commands = new LinkedHashMap<>(Map.of("unicorn.hooks.timeout", "1m"));
		for (Hook hook : Hook.values()) {
			commands.put("unicorn.hooks." + hook.configName(), "echo $HOME " + hook);
		}
		HookSettings hooks = bind(commands).hooks().toSettings();
		assertThat(hooks.timeout()).hasMinutes(1);
		assertThat(hooks.commands()).hasSize(Hook.values().length)
			.allSatisfy((hook, command) -> assertThat(command).isEqualTo("echo $HOME " + hook));
		assertThat(bind(Map.of("unicorn.hooks.on-exit", " ")).hooks().toSettings()).isEqualTo(HookSettings.NONE);
	}

	@Test
	void theSettingsOfTheMasterAreThoseOfTheProperties() {
		assertThat(poolSettings(Map.of("unicorn.workers", "3", "unicorn.worker-class", "sync", "unicorn.timeout", "5",
				"unicorn.graceful-timeout", "6", "unicorn.boot-timeout", "7", "unicorn.migration-timeout", "8")))
			.isEqualTo(new PoolSettings(OptionalInt.of(3), WorkerClass.SYNC, Duration.ofSeconds(5),
					Duration.ofSeconds(6), Duration.ofSeconds(7), Duration.ZERO, false, RolloutSettings.DEFAULT,
					AotCache.AUTO, Duration.ofSeconds(8), ""));
	}

	@ParameterizedTest
	@CsvSource({ "60s, 63", "60000, 63", "30s, 30", "5s, 30", "nonsense, 30", "1000d, 31536003" })
	void aLongerShutdownPhaseOfSpringReplacesTheDefault(String phase, int seconds) {
		assertThat(bind(Map.of(PHASE, phase)).gracefulTimeout()).hasSeconds(seconds);
	}

	@Test
	void aShutdownPhaseOfSpringDoesNotReplaceWhatIsSet() {
		UnicornProperties properties = bind(Map.of(PHASE, "60s", "unicorn.graceful-timeout", "20s"));
		assertThat(properties.gracefulTimeout()).hasSeconds(20);
		assertThat(UnicornPropertiesBinder.gracefulTimeoutRemark(properties, this.environment)).isNull();
	}

	@Test
	void theStartSaysThatTheDefaultIsReplaced() {
		UnicornProperties properties = bind(Map.of(PHASE, "60s"));
		assertThat(UnicornPropertiesBinder.gracefulTimeoutRemark(properties, this.environment))
			.startsWith("unicorn.graceful-timeout is 63 s, because " + PHASE + " is 60 s");
	}

	@Test
	void theStartSaysWhatAPageNeeds() {
		UnicornProperties properties = bind(Map.of("unicorn.dashboard.enabled", "true"));
		assertThat(UnicornPropertiesBinder.dashboardRemark(properties, this.environment))
			.startsWith("unicorn.dashboard.enabled has no effect")
			.contains("management.endpoints.web.exposure.include");
	}

	@Test
	void theStartSaysNothingOfAPageThatIsThereOrNotWanted() {
		Map<String, Object> exposed = Map.of("management.endpoints.web.exposure.include", "health,unicorn",
				"unicorn.dashboard.enabled", "true");
		assertThat(UnicornPropertiesBinder.dashboardRemark(bind(exposed), this.environment)).isNull();
		assertThat(UnicornPropertiesBinder.dashboardRemark(bind(Map.of()), this.environment)).isNull();
	}

	@Test
	void theAnalysisSaysWhatIsWrongWhereAndWhatToWrite() {
		this.environment.getPropertySources()
			.addFirst(new OriginTrackedMapPropertySource("file", Map.of("unicorn.workers", OriginTrackedValue.of("none",
					new PropertySourceOrigin(new MapPropertySource("file", Map.of()), "unicorn.workers")))));
		assertThatExceptionOfType(InvalidUnicornPropertyException.class).isThrownBy(() -> bind(Map.of()))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new InvalidUnicornPropertyFailureAnalyzer().analyze(ex);
				assertThat(analysis.getDescription()).startsWith("""
						A property of the worker pool has a value that is not allowed:

						    Property: unicorn.workers
						    Value: "none"
						""").contains("    Origin: ").endsWith("    Allowed: a number from 1 to 1024, or auto");
				assertThat(analysis.getAction()).isEqualTo("Set unicorn.workers to a number from 1 to 1024, or auto.");
			});
	}

	@Test
	void theAnalysisOfAVariableHasNoOrigin() {
		FailureAnalysis analysis = new InvalidUnicornPropertyFailureAnalyzer()
			.analyze(new InvalidUnicornPropertyException("WEB_CONCURRENCY", "x", null, "a number", null));
		assertThat(analysis.getDescription()).doesNotContain("Origin");
	}

}
