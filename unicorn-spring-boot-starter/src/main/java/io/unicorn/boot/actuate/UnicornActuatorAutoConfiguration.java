package io.unicorn.boot.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.unicorn.boot.autoconfigure.AvailabilityReadinessCheck;
import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.worker.ReadinessCheck;
import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the pool's endpoint, health and meters in a worker.
 */
@AutoConfiguration(after = UnicornAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration")
@ConditionalOnClass(Endpoint.class)
@ConditionalOnBean(WorkerAgent.class)
public final class UnicornActuatorAutoConfiguration {

	private static final String READINESS = "readiness";

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

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	UnicornRolloutEndpoint unicornRolloutEndpoint(PoolView pool) {
		return new UnicornRolloutEndpoint(pool);
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
	@ConditionalOnClass(HealthEndpoint.class)
	static class ReadinessConfiguration {

		/**
		 * Without the group of the application's readiness, the state behind it is asked.
		 */
		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(HealthEndpoint.class)
		ReadinessCheck unicornReadinessCheck(HealthEndpoint endpoint, HealthEndpointGroups groups,
				UnicornProperties properties, ApplicationAvailability availability) {
			String group = properties.rollout().health().trim();
			boolean implied = READINESS.equals(group) && !groups.getNames().contains(READINESS);
			return implied ? new AvailabilityReadinessCheck(availability)
					: new HealthReadinessCheck(endpoint, groups, group);
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
