package io.unicorn.boot.autoconfigure.actuate;

import java.util.function.Function;

import io.unicorn.boot.actuate.EndpointPaths;
import io.unicorn.boot.actuate.OtherWorkers;
import io.unicorn.boot.actuate.PoolWideWriteWebFilter;
import io.unicorn.boot.actuate.UnicornEndpoint;
import io.unicorn.boot.actuate.WorkerEndpointWebFilter;
import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.webflux.RelayedExchanges;
import io.unicorn.worker.WorkerAgent;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.WebFilter;

/**
 * Lets endpoints of a reactive application reach the other workers of the pool. Is part
 * of the context whose server has the endpoints; the filters run after those of Spring
 * Security.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({ WebFilter.class, Mono.class })
class UnicornReactiveRelayManagementContextConfiguration {

	@Bean
	@ConditionalOnAvailableEndpoint(endpoint = UnicornEndpoint.class)
	WebFilter unicornWorkerEndpointFilter(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		return filter(agent, (workers) -> new WorkerEndpointWebFilter(new EndpointPaths(endpoints), workers));
	}

	@Bean
	WebFilter unicornPoolWideWriteFilter(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		return filter(agent, (workers) -> new PoolWideWriteWebFilter(new EndpointPaths(endpoints), workers));
	}

	/**
	 * In a process that is no worker, the filter does nothing: a context that was
	 * processed ahead of time has these beans all the same.
	 */
	private static WebFilter filter(ObjectProvider<WorkerAgent> agent, Function<OtherWorkers, WebFilter> filter) {
		WorkerAgent own = agent.getIfAvailable();
		return (own != null) ? filter.apply(OtherWorkers.of(own)) : (exchange, chain) -> chain.filter(exchange);
	}

	/**
	 * Answers the requests of other workers. A server of servlets, which is made earlier,
	 * cannot answer those that reactive handlers complete later.
	 */
	@Bean
	SmartInitializingSingleton unicornRelayedExchanges(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<HttpHandler> handler) {
		return () -> agent.ifAvailable(
				(own) -> handler.ifUnique((found) -> own.onCall(new RelayService(new RelayedExchanges(found)))));
	}

}
