package io.unicorn.boot.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the pool's endpoint, health and meters in a worker.
 */
@AutoConfiguration(after = UnicornAutoConfiguration.class)
@ConditionalOnClass(Endpoint.class)
@ConditionalOnBean(WorkerAgent.class)
public final class UnicornActuatorAutoConfiguration {

	@Bean
	PoolView unicornPoolView(WorkerAgent agent) {
		return new PoolView(agent);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	UnicornEndpoint unicornEndpoint(PoolView pool) {
		return new UnicornEndpoint(pool);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("unicorn")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "unicornHealthIndicator")
		HealthIndicator unicornHealthIndicator(PoolView pool) {
			return new UnicornHealthIndicator(pool);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		PoolMeters unicornPoolMeters(PoolView pool) {
			return new PoolMeters(pool);
		}

	}

}
