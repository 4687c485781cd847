package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.unicorn.boot.relay.RelayedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;

import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint.MetricDescriptor;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint.MetricNamesDescriptor;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

class PoolMetricsEndpointTests {

	private final PrometheusRegistry prometheus = new PrometheusRegistry();

	private final PrometheusMeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, this.prometheus,
			Clock.SYSTEM);

	private final AtomicInteger threads = new AtomicInteger(7);

	PoolMetricsEndpointTests() {
		this.own.counter("cache.gets", "cache.name", "a", "result", "hit").increment(3);
		this.own.counter("cache.gets", "cache.name", "b", "result", "miss").increment(4);
		Gauge.builder("threads.live", this.threads, AtomicInteger::get).baseUnit("threads").register(this.own);
		Timer.builder("http.server.requests")
			.description("Requests")
			.tag("uri", "/a")
			.register(this.own)
			.record(Duration.ofMillis(250));
		Timer.builder("with.buckets").publishPercentileHistogram().register(this.own).record(Duration.ofSeconds(2));
		DistributionSummary.builder("payload").baseUnit("bytes").register(this.own).record(512);
		LongTaskTimer.builder("import.job").register(this.own).start();
	}

	@AfterEach
	void endRequest() {
		RequestContextHolder.resetRequestAttributes();
	}

	private MetricsEndpoint endpoint(PrometheusRegistry pool) {
		return new PoolMetricsEndpoint(this.own, () -> this.own, pool);
	}

	private static MetricDescriptor metric(MetricsEndpoint endpoint, String name, String... tags) {
		MetricDescriptor metric = endpoint.metric(name, (tags.length > 0) ? List.of(tags) : null);
		assertThat(metric).as(name).isNotNull();
		return metric;
	}

	@Test
	void aPoolOfOneWorkerLooksAsOneProcess() {
		MetricsEndpoint boot = new MetricsEndpoint(this.own);
		MetricsEndpoint pool = endpoint(this.prometheus);
		assertThat(pool.listNames().getNames()).isEqualTo(boot.listNames().getNames());
		for (String name : List.of("cache.gets", "threads.live", "http.server.requests", "with.buckets")) {
			MetricDescriptor expected = metric(boot, name);
			MetricDescriptor found = metric(pool, name);
			assertThat(found.getBaseUnit()).as(name).isEqualTo(expected.getBaseUnit());
			assertThat(found.getDescription()).as(name).isEqualTo(expected.getDescription());
			assertThat(found.getMeasurements()).as(name)
				.usingRecursiveComparison()
				.ignoringCollectionOrder()
				.isEqualTo(expected.getMeasurements());
			assertThat(found.getAvailableTags()).as(name)
				.usingRecursiveComparison()
				.ignoringCollectionOrder()
				.isEqualTo(expected.getAvailableTags());
		}
		assertThat(metric(pool, "cache.gets", "cache.name:b").getMeasurements()).singleElement()
			.extracting(MetricsEndpoint.Sample::getValue)
			.isEqualTo(4.0);
		assertThat(metric(pool, "payload").getMeasurements()).extracting(Object::toString)
			.anyMatch((sample) -> sample.contains("COUNT, value=1.0"))
			.anyMatch((sample) -> sample.contains("TOTAL, value=512.0"))
			.anyMatch((sample) -> sample.contains("MAX, value=512.0"));
		assertThat(metric(pool, "import.job").getMeasurements()).extracting(Object::toString)
			.anyMatch((sample) -> sample.contains("ACTIVE_TASKS, value=1.0"));
	}

	@Test
	void countersAreThoseOfThePoolAndGaugesHaveTheirWorker() {
		MetricsEndpoint endpoint = endpoint(new PrometheusRegistry() {

			@Override
			public MetricSnapshots scrape() {
				return MetricSnapshots.builder()
					.metricSnapshot(CounterSnapshot.builder()
						.name("cache_gets")
						.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
							.value(70)
							.labels(Labels.of("cache_name", "a", "result", "hit"))
							.build())
						.build())
					.metricSnapshot(gauge("threads_live_threads", 7, 9))
					.metricSnapshot(SummarySnapshot.builder()
						.name("http_server_requests_seconds")
						.dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
							.count(12)
							.sum(3.5)
							.quantiles(Quantiles.EMPTY)
							.labels(Labels.of("uri", "/a"))
							.build())
						.build())
					.metricSnapshot(gauge("http_server_requests_seconds_max", 0.25, 0.75))
					.metricSnapshot(gauge("only_in_others", 1, 1))
					.build();
			}

			private GaugeSnapshot gauge(String name, double... values) {
				GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name);
				for (int slot = 0; slot < values.length; slot++) {
					Labels labels = Labels.of("worker", String.valueOf(slot));
					gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
						.value(values[slot])
						.labels(name.startsWith("http") ? labels.add("uri", "/a") : labels)
						.build());
				}
				return gauge.build();
			}

		});
		assertThat(endpoint.listNames().getNames()).containsExactly("cache.gets", "http.server.requests",
				"only.in.others", "threads.live");
		assertThat(metric(endpoint, "cache.gets").getMeasurements()).extracting(MetricsEndpoint.Sample::getValue)
			.containsExactly(70.0);
		assertThat(metric(endpoint, "threads.live").getMeasurements()).extracting(MetricsEndpoint.Sample::getValue)
			.containsExactly(16.0);
		assertThat(metric(endpoint, "threads.live", "worker:1").getMeasurements())
			.extracting(MetricsEndpoint.Sample::getValue)
			.containsExactly(9.0);
		MetricDescriptor requests = metric(endpoint, "http.server.requests");
		assertThat(requests.getMeasurements()).extracting(MetricsEndpoint.Sample::getValue)
			.containsExactlyInAnyOrder(12.0, 3.5, 0.75);
		assertThat(requests.getAvailableTags()).extracting(MetricsEndpoint.AvailableTag::getTag).containsExactly("uri");
		assertThat(endpoint.metric("no.such.meter", null)).isNull();
	}

	@Test
	void aRequestThatAnotherWorkerHasPassedOnIsForThisWorker() {
		MetricsEndpoint endpoint = endpoint(new PrometheusRegistry());
		assertThat(endpoint.listNames().getNames()).isEmpty();
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setAttribute(RelayedRequest.ATTRIBUTE, true);
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
		assertThat(endpoint.listNames().getNames()).contains("cache.gets");
		assertThat(metric(endpoint, "threads.live").getMeasurements()).extracting(MetricsEndpoint.Sample::getValue)
			.containsExactly(7.0);
	}

	@Test
	void aReactiveApplicationTellsSuchARequestFromThatOfAClient() {
		ReactivePoolMetrics metrics = new ReactivePoolMetrics(
				new PoolMetricsEndpoint(this.own, () -> this.own, new PrometheusRegistry()));
		Context relayed = Context.of(RelayedRequest.ATTRIBUTE, true);
		assertThat(metrics.metric("threads.live", null).blockOptional()).isEmpty();
		assertThat(metrics.metric("threads.live", null).contextWrite(relayed).blockOptional()).isPresent();
		assertThat(metrics.listNames().contextWrite(relayed).blockOptional().map(MetricNamesDescriptor::getNames))
			.hasValueSatisfying((names) -> assertThat(names).contains("cache.gets"));
	}

}
