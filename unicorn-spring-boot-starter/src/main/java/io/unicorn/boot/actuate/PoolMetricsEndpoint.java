package io.unicorn.boot.actuate;

import java.util.List;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.unicorn.boot.relay.RelayedRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Actuator's endpoint {@code metrics} with the meters of the pool, as a scrape by
 * Prometheus returns them. A request that another worker has passed on is for the meters
 * of this worker.
 */
@Endpoint(id = "metrics")
public final class PoolMetricsEndpoint extends MetricsEndpoint {

	private final Supplier<@Nullable MeterRegistry> named;

	private final PrometheusRegistry pool;

	/**
	 * Create the endpoint.
	 * @param own the meters of this worker
	 * @param named returns the registry that publishes them to Prometheus, or
	 * {@code null} if there is none
	 * @param pool the metrics of the pool
	 */
	public PoolMetricsEndpoint(MeterRegistry own, Supplier<@Nullable MeterRegistry> named, PrometheusRegistry pool) {
		super(own);
		this.named = named;
		this.pool = pool;
	}

	@Override
	@ReadOperation
	public MetricNamesDescriptor listNames() {
		MetricsEndpoint endpoint = ofPool();
		return (endpoint != null) ? endpoint.listNames() : super.listNames();
	}

	@Override
	@ReadOperation
	public @Nullable MetricDescriptor metric(@Selector String requiredMetricName, @Nullable List<String> tag) {
		MetricsEndpoint endpoint = ofPool();
		return (endpoint != null) ? endpoint.metric(requiredMetricName, tag) : super.metric(requiredMetricName, tag);
	}

	private @Nullable MetricsEndpoint ofPool() {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		boolean relayed = request != null
				&& request.getAttribute(RelayedRequest.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) != null;
		MeterRegistry names = relayed ? null : this.named.get();
		return (names != null) ? new MetricsEndpoint(new MeterConversion(names).convert(this.pool.scrape())) : null;
	}

}
