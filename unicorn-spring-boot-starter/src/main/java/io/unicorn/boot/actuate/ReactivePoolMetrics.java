package io.unicorn.boot.actuate;

import java.util.List;

import io.unicorn.boot.relay.RelayedRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint.MetricDescriptor;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint.MetricNamesDescriptor;

/**
 * The endpoint {@code metrics} of a reactive application, where the thread that performs
 * an operation does not know the request, but its subscriber does.
 */
@EndpointWebExtension(endpoint = PoolMetricsEndpoint.class)
public final class ReactivePoolMetrics {

	private final PoolMetricsEndpoint endpoint;

	/**
	 * Create.
	 * @param endpoint the endpoint of any application
	 */
	public ReactivePoolMetrics(PoolMetricsEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return the names of all meters.
	 */
	@ReadOperation
	public Mono<MetricNamesDescriptor> listNames() {
		return metrics().map(MetricsEndpoint::listNames);
	}

	/**
	 * Return one meter, or status 404 if there is none.
	 */
	@ReadOperation
	public Mono<MetricDescriptor> metric(@Selector String requiredMetricName, @Nullable List<String> tag) {
		return metrics().flatMap((metrics) -> Mono.justOrEmpty(metrics.metric(requiredMetricName, tag)));
	}

	private Mono<MetricsEndpoint> metrics() {
		return Mono.deferContextual(
				(context) -> Mono.fromSupplier(() -> this.endpoint.metrics(context.hasKey(RelayedRequest.ATTRIBUTE)))
					.subscribeOn(Schedulers.boundedElastic()));
	}

}
