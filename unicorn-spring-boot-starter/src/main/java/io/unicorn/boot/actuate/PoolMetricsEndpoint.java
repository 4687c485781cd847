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

	private final MeterRegistry own;

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
		this.own = own;
		this.named = named;
		this.pool = pool;
	}

	@Override
	@ReadOperation
	public MetricNamesDescriptor listNames() {
		return metrics(isRelayed()).listNames();
	}

	@Override
	@ReadOperation
	public @Nullable MetricDescriptor metric(@Selector String requiredMetricName, @Nullable List<String> tag) {
		return metrics(isRelayed()).metric(requiredMetricName, tag);
	}

	private static boolean isRelayed() {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		return request != null
				&& request.getAttribute(RelayedRequest.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) != null;
	}

	/** Return the metrics of this worker for another one, else those of the pool. */
	MetricsEndpoint metrics(boolean relayed) {
		MeterRegistry names = relayed ? null : this.named.get();
		return new MetricsEndpoint((names != null) ? new MeterConversion(names).convert(this.pool.scrape()) : this.own);
	}

}
