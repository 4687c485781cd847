package io.unicorn.boot.actuate;

import io.unicorn.boot.relay.RelayedRequest;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Lets changes reach all workers, in a reactive application. The other workers are told
 * before the head of this worker's response is sent, which then has the slots of those
 * that have done it. No event loop waits for them.
 */
public final class PoolWideWriteWebFilter implements WebFilter {

	private final PoolWideWrites writes;

	/**
	 * Create a filter.
	 */
	public PoolWideWriteWebFilter(EndpointPaths paths, OtherWorkers workers) {
		this.writes = new PoolWideWrites(paths, workers);
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		EndpointId endpoint = this.writes.endpoint(new ReactiveClientRequest(exchange.getRequest()));
		return (endpoint == null) ? chain.filter(exchange)
				: Mono.deferContextual((context) -> context.hasKey(RelayedRequest.ATTRIBUTE) ? chain.filter(exchange)
						: filter(endpoint, exchange, chain));
	}

	private Mono<Void> filter(EndpointId endpoint, ServerWebExchange exchange, WebFilterChain chain) {
		RecordedRequest request = new RecordedRequest(exchange.getRequest());
		ServerHttpResponse response = exchange.getResponse();
		response.beforeCommit(() -> isDone(response) ? repeat(endpoint, request, response) : Mono.empty());
		return chain.filter(exchange.mutate().request(request).build());
	}

	private static boolean isDone(ServerHttpResponse response) {
		HttpStatusCode status = response.getStatusCode();
		return status == null || status.is2xxSuccessful();
	}

	private Mono<Void> repeat(EndpointId endpoint, RecordedRequest request, ServerHttpResponse response) {
		return Mono
			.fromSupplier(() -> this.writes.repeat(endpoint, new ReactiveClientRequest(request), request.content()))
			.subscribeOn(Schedulers.boundedElastic())
			.doOnNext(
					(headers) -> headers.forEach((header) -> response.getHeaders().set(header.name(), header.value())))
			.then();
	}

}
