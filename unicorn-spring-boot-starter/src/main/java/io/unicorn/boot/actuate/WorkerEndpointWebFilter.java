package io.unicorn.boot.actuate;

import java.util.function.Supplier;

import io.unicorn.boot.relay.RelayedResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Sends what other workers answer, in a reactive application. No event loop waits for
 * them.
 */
public final class WorkerEndpointWebFilter implements WebFilter {

	private final WorkerEndpoints endpoints;

	/**
	 * Create a filter.
	 */
	public WorkerEndpointWebFilter(EndpointPaths paths, OtherWorkers workers) {
		this.endpoints = new WorkerEndpoints(paths, workers);
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Supplier<RelayedResponse> answer = this.endpoints.answer(new ReactiveClientRequest(exchange.getRequest()));
		return (answer != null) ? Mono.fromSupplier(answer)
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((relayed) -> send(relayed, exchange.getResponse())) : chain.filter(exchange);
	}

	private static Mono<Void> send(RelayedResponse relayed, ServerHttpResponse response) {
		response.setRawStatusCode(relayed.status());
		HttpHeaders headers = response.getHeaders();
		if (!relayed.contentType().isEmpty()) {
			headers.set(HttpHeaders.CONTENT_TYPE, relayed.contentType());
		}
		relayed.headers().forEach((header) -> headers.set(header.name(), header.value()));
		headers.setContentLength(relayed.body().length);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(relayed.body())));
	}

}
