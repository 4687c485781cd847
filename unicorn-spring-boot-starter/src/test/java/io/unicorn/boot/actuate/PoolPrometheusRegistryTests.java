package io.unicorn.boot.actuate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.Series;
import io.unicorn.worker.TestAgents;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PoolPrometheusRegistryTests {

	private static final String MISSING = "unicorn_scrape_workers_missing";

	private final TestAgents master = new TestAgents();

	private final PoolPrometheusRegistry registry = new PoolPrometheusRegistry(this.master.agent(),
			() -> Set.of("task_seconds"));

	private final MeterRegistry meters = meters(this.registry);

	PoolPrometheusRegistryTests() {
		this.master.pool(new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "running"), 2, 2, List.of(),
				Map.of(), List.of()));
	}

	@AfterEach
	void close() {
		this.master.close();
	}

	private static PrometheusMeterRegistry meters(PrometheusRegistry registry) {
		return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
	}

	private static void fill(MeterRegistry registry) {
		registry.counter("orders", "kind", "größer \"x\"\\").increment(3);
		FunctionCounter.builder("cpu", registry, (any) -> 0.125).register(registry);
		Gauge.builder("queue", () -> -4.5).description("Waiting").tag("worker", "own").register(registry);
		Gauge.builder("nothing", () -> Double.NaN).register(registry);
		Gauge.builder("build.info", () -> 1).tag("version", "1").register(registry);
		Timer.builder("plain").register(registry).record(2, TimeUnit.SECONDS);
		Timer.builder("percentiles").publishPercentiles(0.5, 0.99).register(registry).record(1, TimeUnit.SECONDS);
		Timer.builder("histogram")
			.serviceLevelObjectives(Duration.ofMillis(100), Duration.ofSeconds(1))
			.register(registry)
			.record(Duration.ofMillis(500));
		DistributionSummary.builder("sizes").publishPercentileHistogram().register(registry).record(1000);
		LongTaskTimer.builder("task").register(registry);
	}

	private static List<String> lines(MetricSnapshots snapshots) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		PrometheusTextFormatWriter.create().write(out, snapshots);
		return out.toString(StandardCharsets.UTF_8).lines().toList();
	}

	@Test
	void thePoolOfOneWorkerHasTheMetricsOfThisWorker() throws IOException {
		PrometheusRegistry plain = new PrometheusRegistry();
		fill(meters(plain));
		fill(this.meters);
		assertThat(lines(this.registry.scrape()).stream().filter((line) -> !line.contains(MISSING)))
			.map((line) -> line.replaceAll("(unicorn_)?worker=\"1\",?", "").replace(",}", "}").replace("{}", ""))
			.containsExactlyInAnyOrderElementsOf(lines(plain.scrape()));
	}

	@Test
	void whatWorkersCountIsAddedUpAndGaugesHaveTheSlot() throws IOException {
		this.meters.counter("orders").increment(3);
		this.meters.gauge("queue", 4);
		this.master.otherWorker(new MeterBatch(Map.of("other", new Family("other", Family.Type.COUNTER, "Only there")),
				List.of(Series.of(new Series.Key("orders", Family.Type.COUNTER, "", Series.POOL), 4),
						Series.of(new Series.Key("queue", Family.Type.GAUGE, "", 0), 5),
						Series.of(new Series.Key("queue", Family.Type.COUNTER, "", Series.POOL), 5),
						Series.of(new Series.Key("other", Family.Type.COUNTER, "uri\0/\0", Series.POOL), 6))));
		assertThat(lines(this.registry.scrape())).contains("orders_total 7.0", "other_total{uri=\"/\"} 6.0",
				"# HELP other_total Only there", MISSING + " 1.0");
	}

	@Test
	void longTasksAreThoseOfEachWorker() throws IOException {
		LongTaskTimer.builder("task").register(this.meters).start();
		assertThat(lines(this.registry.scrape())).contains("task_seconds_count{worker=\"1\"} 1");
	}

	@Test
	void metricsOfThePoolArePublishedOnce() throws IOException {
		AtomicInteger asked = new AtomicInteger();
		this.meters.gauge("unicorn.workers", asked, AtomicInteger::incrementAndGet);
		this.registry.read(true);
		this.registry.read(true);
		assertThat(asked).as("only to learn what it is").hasValue(1);
		assertThat(lines(this.registry.scrape())).contains("unicorn_workers 2.0");
	}

	@Test
	void gaugesAreNotAskedEverySecond() {
		AtomicInteger asked = new AtomicInteger();
		this.meters.gauge("queue", asked, AtomicInteger::incrementAndGet);
		this.meters.counter("orders").increment();
		this.registry.read(false);
		assertThat(this.registry.read(false).series()).extracting((series) -> series.key().family())
			.containsExactly("orders");
		assertThat(asked).hasValue(1);
		assertThat(this.registry.read(true).series()).hasSize(2);
	}

	@Test
	void aCollectionOfTheMasterIsAnsweredAlsoIfAMetricFails() {
		this.registry.register(new Collector() {

			@Override
			public MetricSnapshot collect() {
				throw new IllegalStateException("cannot be read");
			}

		});
		this.master.send(new Message.CollectMeters(4));
		Awaitility.await()
			.until(() -> this.master.received()
				.stream()
				.anyMatch((message) -> message instanceof Message.Meters meters && meters.collection() == 4));
	}

	@Test
	void namesMayBeChosen() throws IOException {
		fill(this.meters);
		assertThat(lines(this.registry.scrape("queue"::equals))).hasSize(3).last().asString().startsWith("queue{");
		assertThat(lines(this.registry.scrape("orders"::equals))).hasSize(3);
	}

	@Test
	void withoutTheMasterThereAreNoMetrics() {
		this.master.pool(null);
		this.master.close();
		assertThatIllegalStateException().isThrownBy(this.registry::scrape)
			.withMessageContaining("the master does not answer");
	}

	@Test
	void withoutAnAgentItIsARegistryAsAnyOther() throws IOException {
		PoolPrometheusRegistry alone = new PoolPrometheusRegistry(null, Set::of);
		meters(alone).counter("orders").increment();
		assertThat(lines(alone.scrape())).contains("orders_total 1.0").noneMatch((line) -> line.contains(MISSING));
		assertThat(lines(alone.scrape("orders"::equals))).hasSize(3);
	}

}
