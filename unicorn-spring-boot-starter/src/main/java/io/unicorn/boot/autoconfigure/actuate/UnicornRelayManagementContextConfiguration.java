package io.unicorn.boot.autoconfigure.actuate;

import java.util.function.Function;

import io.unicorn.boot.actuate.EndpointPaths;
import io.unicorn.boot.actuate.OtherWorkers;
import io.unicorn.boot.actuate.PoolWideWriteFilter;
import io.unicorn.boot.actuate.UnicornEndpoint;
import io.unicorn.boot.actuate.WorkerEndpointFilter;
import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.worker.WorkerAgent;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets endpoints reach the other workers of the pool. Is part of the context whose server
 * has the endpoints; the filters run after those of Spring Security.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class, FilterRegistrationBean.class })
class UnicornRelayManagementContextConfiguration {

	@Bean
	@ConditionalOnAvailableEndpoint(endpoint = UnicornEndpoint.class)
	FilterRegistrationBean<Filter> unicornWorkerEndpointFilter(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		return registration(agent, (workers) -> new WorkerEndpointFilter(new EndpointPaths(endpoints), workers));
	}

	@Bean
	FilterRegistrationBean<Filter> unicornPoolWideWriteFilter(ObjectProvider<WorkerAgent> agent,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		return registration(agent, (workers) -> new PoolWideWriteFilter(new EndpointPaths(endpoints), workers));
	}

	/**
	 * In a process that is no worker, the filter does nothing: a context that was
	 * processed ahead of time has these beans all the same.
	 */
	private static FilterRegistrationBean<Filter> registration(ObjectProvider<WorkerAgent> agent,
			Function<OtherWorkers, Filter> filter) {
		WorkerAgent own = agent.getIfAvailable();
		return new FilterRegistrationBean<>((own != null) ? filter.apply(OtherWorkers.of(own))
				: (request, response, chain) -> chain.doFilter(request, response));
	}

}
