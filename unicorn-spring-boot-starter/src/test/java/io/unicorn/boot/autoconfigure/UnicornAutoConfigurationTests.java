package io.unicorn.boot.autoconfigure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.logging.LoggingMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.unicorn.boot.PoolWorker;
import io.unicorn.boot.actuate.PoolMeters;
import io.unicorn.boot.actuate.PoolMetricsEndpoint;
import io.unicorn.boot.actuate.PoolPrometheusRegistry;
import io.unicorn.boot.actuate.PoolView;
import io.unicorn.boot.actuate.UnicornEndpoint;
import io.unicorn.boot.actuate.UnicornHealthIndicator;
import io.unicorn.boot.autoconfigure.actuate.UnicornActuatorAutoConfiguration;
import io.unicorn.boot.autoconfigure.actuate.UnicornPrometheusAutoConfiguration;
import io.unicorn.boot.jetty.JettyPoolCustomizer;
import io.unicorn.boot.tomcat.TomcatPoolCustomizer;
import io.unicorn.boot.worker.DrainLifecycle;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.TestAgents;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsEndpointAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class UnicornAutoConfigurationTests {

	private final TestAgents master = new TestAgents();

	private final WebApplicationContextRunner anywhere = new WebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(UnicornAutoConfiguration.class, UnicornActuatorAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	private final WebApplicationContextRunner worker = this.anywhere
		.withInitializer((context) -> this.master.register(context));

	@AfterEach
	void close() {
		this.master.close();
	}

	private static PoolSnapshot pool(int target, int ready) {
		return new PoolSnapshot(
				new PoolSnapshot.MasterInfo(4711, Instant.parse("2026-01-01T00:00:00Z"), 77, "1.2.3", "21+35",
						"running", 2),
				target, ready, List.of(new PoolSnapshot.ListenerInfo("http", "[::]:8080", 3, 128)),
				List.of(new PoolSnapshot.WorkerInfo(0, 1, 4712, 1, "ready", true, Instant.parse("2026-01-01T00:00:01Z"),
						42, 3, 1, 700, 5, Instant.parse("2026-01-01T00:00:03Z"), 2000, 300, 1000, 2000, 3000, 12.5, 61),
						new PoolSnapshot.WorkerInfo(
								1, 5, 4713, 2, "booting", false, Instant.parse("2026-01-01T00:01:00Z"), 0, 0)),
				Map.of("crashed", 2L),
				List.of(new PoolSnapshot.ExitInfo(4, 4700, "crashed", "exit code 1",
						Instant.parse("2026-01-01T00:00:59Z"), "")),
				List.of(new PoolSnapshot.RolloutInfo(1, 1, 2, "app.jar 00ff", "SIGHUP", "rolling",
						Instant.parse("2026-01-01T00:02:00Z"), null, "",
						List.of(new PoolSnapshot.StepInfo(Instant.parse("2026-01-01T00:02:01Z"), "prepared")),
						List.of())),
				"");
	}

	@Test
	void aProcessThatIsNotAWorkerHasNoneOfTheBeans() {
		this.anywhere.run((context) -> assertThat(context).doesNotHaveBean(UnicornProperties.class)
			.doesNotHaveBean(PoolWorker.class)
			.doesNotHaveBean(DrainLifecycle.class)
			.doesNotHaveBean(TomcatPoolCustomizer.class)
			.doesNotHaveBean(JettyPoolCustomizer.class)
			.doesNotHaveBean(UnicornEndpoint.class)
			.doesNotHaveBean(PoolView.class)
			.doesNotHaveBean(HealthIndicator.class)
			.doesNotHaveBean(PoolMeters.class));
	}

	@Test
	void aWorkerHasAllBeans() {
		this.worker.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(WorkerAgent.class)
			.hasSingleBean(UnicornProperties.class)
			.hasSingleBean(PoolWorker.class)
			.hasSingleBean(DrainLifecycle.class)
			.hasSingleBean(TomcatPoolCustomizer.class)
			.hasSingleBean(JettyPoolCustomizer.class)
			.hasSingleBean(UnicornEndpoint.class)
			.hasSingleBean(HealthIndicator.class)
			.hasSingleBean(PoolMeters.class));
	}

	@Test
	void aScrapeOfAWorkerIsThatOfThePool() {
		this.worker.withConfiguration(prometheus())
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PrometheusScrapeEndpoint.class)
				.getBean(PrometheusMeterRegistry.class)
				.extracting(PrometheusMeterRegistry::getPrometheusRegistry)
				.isInstanceOf(PoolPrometheusRegistry.class));
	}

	@Test
	void theRegistryOfAClosedContextIsReadWithoutItsBeans() {
		List<PoolPrometheusRegistry> closed = new ArrayList<>();
		this.worker.withConfiguration(prometheus())
			.run((context) -> closed.add(context.getBean(PoolPrometheusRegistry.class)));
		assertThat(closed.get(0).read(false)).isNotNull();
	}

	@Test
	void theRegistryOfPrometheusIsTheApplicationsOwnOrThatOfSpringBoot() {
		this.anywhere.withConfiguration(prometheus())
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PrometheusRegistry.class)
				.doesNotHaveBean(PoolPrometheusRegistry.class));
		this.worker.withConfiguration(prometheus())
			.withPropertyValues("management.endpoints.web.exposure.exclude=prometheus,metrics")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PrometheusRegistry.class)
				.doesNotHaveBean(PoolPrometheusRegistry.class));
		this.worker.withConfiguration(prometheus())
			.withBean(PrometheusRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PrometheusRegistry.class)
				.doesNotHaveBean(PoolPrometheusRegistry.class));
	}

	@Test
	void theEndpointMetricsHasThoseOfThePoolWhereItIsExposed() {
		this.worker.withConfiguration(prometheus())
			.withPropertyValues("management.endpoints.web.exposure.exclude=prometheus")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PoolPrometheusRegistry.class)
				.hasSingleBean(MetricsEndpoint.class)
				.hasSingleBean(PoolMetricsEndpoint.class));
		this.worker.withConfiguration(prometheus())
			.withPropertyValues("management.endpoints.web.exposure.exclude=metrics")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PoolPrometheusRegistry.class)
				.doesNotHaveBean(MetricsEndpoint.class));
		this.anywhere.withConfiguration(prometheus())
			.run((context) -> assertThat(context).hasSingleBean(MetricsEndpoint.class)
				.doesNotHaveBean(PoolMetricsEndpoint.class));
	}

	private static AutoConfigurations prometheus() {
		return AutoConfigurations.of(UnicornPrometheusAutoConfiguration.class, MetricsAutoConfiguration.class,
				PrometheusMetricsExportAutoConfiguration.class, MetricsEndpointAutoConfiguration.class);
	}

	@Test
	void aRegistryThatPushesHasTheSlotOfTheWorker() {
		LoggingMeterRegistry pushing = new LoggingMeterRegistry();
		this.worker
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class))
			.withBean("pushing", LoggingMeterRegistry.class, () -> pushing)
			.withBean("other", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				context.getBean("other", MeterRegistry.class).counter("orders");
				pushing.counter("orders");
				assertThat(pushing.get("orders").counter().getId().getTag("worker")).isEqualTo("1");
				assertThat(context.getBean("other", MeterRegistry.class).get("orders").counter().getId().getTags())
					.isEmpty();
			});
	}

	@Test
	void aWorkerStartsWithoutOptionalLibraries() {
		this.worker
			.withClassLoader(
					new FilteredClassLoader(MeterRegistry.class, Tomcat.class, Server.class, HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PoolWorker.class)
				.hasSingleBean(UnicornEndpoint.class)
				.doesNotHaveBean(TomcatPoolCustomizer.class)
				.doesNotHaveBean(JettyPoolCustomizer.class)
				.doesNotHaveBean("unicornHealthIndicator")
				.doesNotHaveBean("unicornPoolMeters"));
	}

	@Test
	void aWorkerStartsWithoutActuator() {
		this.worker.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PoolWorker.class)
				.doesNotHaveBean("unicornPoolView"));
	}

	@Test
	void theApplicationSeesTheIdentityOfItsWorker() {
		this.worker.run((context) -> {
			PoolWorker bean = context.getBean(PoolWorker.class);
			assertThat(bean.index()).isEqualTo(1);
			assertThat(bean.id()).isEqualTo(5);
			assertThat(bean.generation()).isEqualTo(2);
			assertThat(bean.isLeader()).isFalse();
			this.master.send(new Message.Leader(true));
			Awaitility.await().until(bean::isLeader);
		});
	}

	@Test
	void aWorkerIsReadyAfterTheApplicationsOwnListeners() {
		this.worker.withUserConfiguration(SlowStart.class).run((context) -> {
			context.getBean(SlowStart.class).received = this.master.received();
			context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), null));
			assertThat(context.getBean(SlowStart.class).readyBefore).containsExactly(false);
			Awaitility.await().until(() -> this.master.received().contains(new Message.Ready()));
		});
	}

	@Test
	void aClosedContextDrainsFirst() {
		this.worker.run((context) -> {
			DrainLifecycle lifecycle = context.getBean(DrainLifecycle.class);
			assertThat(lifecycle.isRunning()).isTrue();
			assertThat(lifecycle.getPhase()).isGreaterThan(
					org.springframework.boot.web.server.context.WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
			this.master.shutDown();
			context.getSourceApplicationContext().close();
			assertThat(lifecycle.isRunning()).isFalse();
			Awaitility.await().until(() -> this.master.received().contains(new Message.Drained(0)));
		});
	}

	@Test
	void theEndpointShowsThePoolInThisShape() {
		this.master.pool(pool(2, 1));
		this.worker.run((context) -> {
			var response = context.getBean(UnicornEndpoint.class).pool();
			assertThat(response.getStatus()).isEqualTo(200);
			JsonMapper mapper = JsonMapper.builder().build();
			JsonNode json = mapper.readTree(mapper.writeValueAsString(response.getBody()));
			assertThat(json).isEqualTo(mapper.readTree(
					"""
							{"master":{"pid":4711,"startedAt":"2026-01-01T00:00:00Z","uptimeSeconds":77,"version":"1.2.3",
							   "jdk":"21+35","state":"running","generation":2},
							 "target":2,"ready":1,
							 "listeners":[{"name":"http","address":"[::]:8080","waiting":3,"backlog":128}],
							 "workers":[{"index":0,"id":1,"pid":4712,"generation":1,"state":"ready","leader":true,
							   "startedAt":"2026-01-01T00:00:01Z","requests":42,"inFlight":3,"errors":1,
							   "oldestRequestMillis":700,"connections":5,"readyAt":"2026-01-01T00:00:03Z","bootMillis":2000,
							   "lastHeartbeatMillis":300,"heapUsedBytes":1000,"heapMaxBytes":2000,"rssBytes":3000,
							   "cpuPercent":12.5,"threads":61},
							  {"index":1,"id":5,"pid":4713,"generation":2,"state":"booting","leader":false,
							   "startedAt":"2026-01-01T00:01:00Z","requests":0,"inFlight":0,"errors":0,
							   "oldestRequestMillis":0,"connections":0,"readyAt":null,"bootMillis":0,
							   "lastHeartbeatMillis":0,"heapUsedBytes":0,"heapMaxBytes":0,"rssBytes":0,
							   "cpuPercent":0.0,"threads":0}],
							 "exits":{"crashed":2},
							 "lastExits":[{"id":4,"pid":4700,"reason":"crashed","detail":"exit code 1",
							   "at":"2026-01-01T00:00:59Z","dumpFile":""}],
							 "rollouts":[{"id":1,"from":1,"to":2,"code":"app.jar 00ff","trigger":"SIGHUP","state":"rolling",
							   "startedAt":"2026-01-01T00:02:00Z","endedAt":null,"reason":"",
							   "steps":[{"at":"2026-01-01T00:02:01Z","what":"prepared"}],"log":[]}],"problem":"","findings":[]}"""));
		});
	}

	@Test
	void oneWorkerIsFoundByItsSlot() {
		this.master.pool(pool(2, 1));
		this.worker.run((context) -> {
			UnicornEndpoint endpoint = context.getBean(UnicornEndpoint.class);
			assertThat(endpoint.worker(1).getBody()).isEqualTo(pool(2, 1).workers().get(1));
			assertThat(endpoint.worker(2).getStatus()).isEqualTo(404);
		});
	}

	@Test
	void theEndpointIsUnavailableIfTheMasterDoesNotAnswer() {
		this.worker.run((context) -> {
			UnicornEndpoint endpoint = context.getBean(UnicornEndpoint.class);
			assertThat(endpoint.pool().getStatus()).isEqualTo(503);
			assertThat(endpoint.worker(0).getStatus()).isEqualTo(503);
		});
	}

	@Test
	void anEndpointThatIsNotExposedDoesNotExist() {
		this.worker.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(UnicornEndpoint.class));
	}

	private Health health(PoolSnapshot snapshot, String... properties) {
		List<Health> health = new ArrayList<>();
		this.master.pool(snapshot);
		this.worker.withPropertyValues(properties)
			.run((context) -> health.add(context.getBean(HealthIndicator.class).health()));
		return health.get(0);
	}

	@Test
	void aFullPoolIsUp() {
		Health health = health(pool(2, 2));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).isEqualTo(Map.of("target", 2, "ready", 2, "state", "running", "master", 4711,
				"rollout", Map.of("id", 1L, "state", "rolling")));
		assertThat(health(pool(2, 3)).getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void aPoolThatLacksWorkersIsDegraded() {
		assertThat(health(pool(2, 1)).getStatus()).isEqualTo(UnicornHealthIndicator.DEGRADED);
	}

	@Test
	void aPoolWithFewerWorkersThanTheMinimumIsOutOfService() {
		String minimum = "unicorn.health.min-ready=2";
		assertThat(health(withThisWorker("ready", pool(2, 2)), minimum).getStatus()).isEqualTo(Status.UP);
		assertThat(health(withThisWorker("ready", pool(3, 2)), minimum).getStatus())
			.isEqualTo(UnicornHealthIndicator.DEGRADED);
		assertThat(health(withThisWorker("booting", pool(3, 1)), minimum).getStatus())
			.isEqualTo(UnicornHealthIndicator.DEGRADED);
		assertThat(health(withThisWorker("ready", pool(3, 1)), minimum).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health(withThisWorker("ready", pool(3, 1))).getStatus()).isEqualTo(UnicornHealthIndicator.DEGRADED);
	}

	private static PoolSnapshot withThisWorker(String state, PoolSnapshot pool) {
		PoolSnapshot.WorkerInfo self = new PoolSnapshot.WorkerInfo(1, 5, 4713, 1, state, false, Instant.EPOCH, 0, 0);
		return new PoolSnapshot(pool.master(), pool.target(), pool.ready(), List.of(self), pool.exits(), List.of());
	}

	@Test
	void aPoolSaysWhyWorkersAreMissing() {
		PoolSnapshot pool = pool(2, 1);
		Health health = health(new PoolSnapshot(pool.master(), 2, 1, List.of(), pool.workers(), pool.exits(), List.of(),
				pool.rollouts(), "the application holds a port"));
		assertThat(health.getStatus()).isEqualTo(UnicornHealthIndicator.DEGRADED);
		assertThat(health.getDetails()).containsEntry("problem", "the application holds a port");
	}

	@Test
	void aPoolWithoutAMasterIsDown() {
		Health health = health(null);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("master", "does not answer");
	}

	@Test
	void theHealthIndicatorCanBeSwitchedOffAndReplaced() {
		this.worker.withPropertyValues("management.health.unicorn.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
		HealthIndicator own = () -> Health.up().build();
		this.worker.withBean("unicornHealthIndicator", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context.getBean(HealthIndicator.class)).isSameAs(own));
	}

	@Configuration(proxyBeanMethods = false)
	static class SlowStart {

		private final List<Boolean> readyBefore = new ArrayList<>();

		private List<Message.FromWorker> received = List.of();

		@Bean
		org.springframework.context.ApplicationListener<ApplicationReadyEvent> slowListener() {
			return (event) -> this.readyBefore.add(this.received.contains(new Message.Ready()));
		}

	}

}
