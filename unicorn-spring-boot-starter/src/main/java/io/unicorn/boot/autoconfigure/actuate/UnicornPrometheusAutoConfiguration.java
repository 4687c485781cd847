package io.unicorn.boot.autoconfigure.actuate;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.unicorn.boot.actuate.PoolMetricsEndpoint;
import io.unicorn.boot.actuate.PoolPrometheusRegistry;
import io.unicorn.boot.actuate.ReactivePoolMetrics;
import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.ConditionalOnEnabledMetricsExport;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.util.function.SingletonSupplier;

/**
 * Lets a scrape of a worker by Prometheus return the metrics of the pool.
 */
@AutoConfiguration(after = UnicornAutoConfiguration.class, beforeName = {
		"org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsEndpointAutoConfiguration" })
@ConditionalOnClass({ PrometheusRegistry.class, PrometheusMeterRegistry.class, PrometheusScrapeEndpoint.class,
		ConditionalOnAvailableEndpoint.class })
@ConditionalOnEnabledMetricsExport("prometheus")
@Conditional(OnWorkerCondition.class)
public final class UnicornPrometheusAutoConfiguration {

	/**
	 * Is static, so that it stays in an application that was processed ahead of time and
	 * is no worker: nothing else would be the registry there. Without an agent it is a
	 * registry as any other.
	 */
	@Bean
	@ConditionalOnMissingBean(PrometheusRegistry.class)
	@Conditional(OnPublishedMetrics.class)
	static PoolPrometheusRegistry unicornPrometheusRegistry(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PrometheusMeterRegistry> meters) {
		// The last report comes when the context is closing, and has no beans any more.
		SingletonSupplier<List<PrometheusMeterRegistry>> registries = SingletonSupplier
			.of(() -> meters.stream().toList());
		return new PoolPrometheusRegistry(agent.getIfAvailable(), () -> longTaskTimers(registries));
	}

	/** Is static for the same reason. */
	@Bean
	@ConditionalOnMissingBean(MetricsEndpoint.class)
	@ConditionalOnBean(PoolPrometheusRegistry.class)
	@ConditionalOnAvailableEndpoint(MetricsEndpoint.class)
	static PoolMetricsEndpoint metricsEndpoint(MeterRegistry own, ObjectProvider<PrometheusMeterRegistry> named,
			PoolPrometheusRegistry pool) {
		return new PoolMetricsEndpoint(own, named::getIfUnique, pool);
	}

	/** Is static for the same reason. */
	@Bean
	@ConditionalOnBean(PoolMetricsEndpoint.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static ReactivePoolMetrics unicornReactivePoolMetrics(PoolMetricsEndpoint endpoint) {
		return new ReactivePoolMetrics(endpoint);
	}

	/** The metrics can be read: one of their endpoints is there. */
	static final class OnPublishedMetrics extends AnyNestedCondition {

		OnPublishedMetrics() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnAvailableEndpoint(PrometheusScrapeEndpoint.class)
		static class OnPrometheus {

		}

		@ConditionalOnAvailableEndpoint(MetricsEndpoint.class)
		static class OnMetrics {

		}

	}

	/**
	 * Return their names, none if the context was closed before they were asked for: a
	 * worker that builds another context reports what the closed one has counted.
	 */
	private static Set<String> longTaskTimers(SingletonSupplier<List<PrometheusMeterRegistry>> registries) {
		try {
			return registries.obtain()
				.stream()
				.flatMap(UnicornPrometheusAutoConfiguration::longTaskTimers)
				.collect(Collectors.toUnmodifiableSet());
		}
		catch (BeansException | IllegalStateException ex) {
			return Set.of();
		}
	}

	private static Stream<String> longTaskTimers(PrometheusMeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getType() == Meter.Type.LONG_TASK_TIMER)
			.map((id) -> id.getConventionName(registry.config().namingConvention()));
	}

}
