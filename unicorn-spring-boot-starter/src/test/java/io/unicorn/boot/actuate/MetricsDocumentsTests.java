package io.unicorn.boot.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alert rules name metrics that exist.
 */
class MetricsDocumentsTests {

	private static final Path DOCUMENTS = Path.of("../docs/metrics");

	/** Metrics of a worker have one of these beginnings; functions of PromQL have not. */
	private static final Pattern METRIC = Pattern.compile("\\b(?:unicorn|http|jvm|process)_[a-z_]+\\b");

	private static Set<String> metrics() {
		try (TestAgents master = new TestAgents(); JvmGcMetrics gc = new JvmGcMetrics()) {
			master.pool(new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "running"), 2, 2,
					List.of(new PoolSnapshot.ListenerInfo("http", "[::]:8080", 0, 2048)), List.of(), Map.of(),
					List.of(), List.of(), ""));
			PoolPrometheusRegistry registry = new PoolPrometheusRegistry(master.agent(), Set::of);
			PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry,
					Clock.SYSTEM);
			PoolMeters pool = new PoolMeters(new PoolView(master.agent()));
			bind(meters, pool);
			gc.bindTo(meters);
			// A listener has its meters from the scrape on that has seen it first.
			meters.scrape();
			Set<String> names = meters.scrape()
				.lines()
				.filter((line) -> !line.startsWith("#"))
				.map((line) -> line.replaceAll("[{ ].*", ""))
				.collect(Collectors.toCollection(TreeSet::new));
			// Its meters do not keep it alive.
			assertThat(pool).isNotNull();
			return names;
		}
	}

	private static void bind(MeterRegistry meters, PoolMeters pool) {
		pool.bindTo(meters);
		new JvmMemoryMetrics().bindTo(meters);
		new ProcessorMetrics().bindTo(meters);
		new UptimeMetrics().bindTo(meters);
		Timer.builder(new DefaultServerRequestObservationConvention().getName()).register(meters);
		Timer.builder("jvm.gc.pause").register(meters);
	}

	private static Set<String> named(String text) {
		return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void theAlertRulesNameMetricsThatExist() throws IOException {
		Set<String> named = named(Files.readString(DOCUMENTS.resolve("prometheus-alerts.yml")));
		assertThat(named).hasSizeGreaterThan(4);
		assertThat(metrics()).containsAll(named);
	}

	@Test
	void theDashboardNamesMetricsThatExist() throws IOException {
		JsonNode dashboard = JsonMapper.shared()
			.readTree(Files.readString(DOCUMENTS.resolve("grafana-dashboard.json")));
		List<String> expressions = new ArrayList<>();
		dashboard.get("panels")
			.forEach((panel) -> panel.get("targets")
				.forEach((target) -> expressions.add(target.get("expr").asString())));
		dashboard.get("templating")
			.get("list")
			.forEach((variable) -> expressions.add(variable.get("query").asString()));
		assertThat(expressions).hasSizeGreaterThan(10);
		Set<String> named = named(String.join("\n", expressions));
		assertThat(named).hasSizeGreaterThan(8);
		assertThat(metrics()).containsAll(named);
	}

}
