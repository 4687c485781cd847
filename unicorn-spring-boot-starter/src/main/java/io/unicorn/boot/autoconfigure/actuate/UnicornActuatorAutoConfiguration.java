package io.unicorn.boot.autoconfigure.actuate;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.push.PushMeterRegistry;
import io.unicorn.boot.actuate.HealthReadinessCheck;
import io.unicorn.boot.actuate.PoolMeters;
import io.unicorn.boot.actuate.PoolView;
import io.unicorn.boot.actuate.UnicornEndpoint;
import io.unicorn.boot.actuate.UnicornHealthIndicator;
import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.doctor.Doctor;
import io.unicorn.boot.worker.AvailabilityReadinessCheck;
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
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the pool's endpoints, health indicator and meters in a worker.
 */
@AutoConfiguration(after = UnicornAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration")
@ConditionalOnClass(Endpoint.class)
@Conditional(OnWorkerCondition.class)
public final class UnicornActuatorAutoConfiguration {

	private static final String READINESS = "readiness";

	private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

	@Bean
	PoolView unicornPoolView(WorkerAgent agent) {
		return new PoolView(agent);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	UnicornEndpoint unicornEndpoint(PoolView pool, UnicornProperties properties, Doctor doctor) {
		// A request that takes longer than the timeout is a hang to some worker classes.
		Duration half = properties.timeout().dividedBy(2);
		return new UnicornEndpoint(pool, (half.isZero() || half.compareTo(LONGEST_WAIT) > 0) ? LONGEST_WAIT : half,
				doctor);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("unicorn")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "unicornHealthIndicator")
		HealthIndicator unicornHealthIndicator(PoolView pool, UnicornProperties properties) {
			return new UnicornHealthIndicator(pool, properties.health().minReady());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpoint.class)
	static class ReadinessConfiguration {

		/**
		 * If the group {@code readiness} does not exist, the check reads the
		 * application's readiness state instead.
		 */
		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(HealthEndpoint.class)
		ReadinessCheck unicornReadinessCheck(HealthEndpoint endpoint, HealthEndpointGroups groups,
				UnicornProperties properties, ApplicationAvailability availability) {
			String group = properties.rollout().health().trim();
			boolean missing = READINESS.equals(group) && !groups.getNames().contains(READINESS);
			return missing ? new AvailabilityReadinessCheck(availability)
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

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ PushMeterRegistry.class, MeterRegistryCustomizer.class })
	static class PushConfiguration {

		/** Each worker publishes its own meters; without the tag they would collide. */
		@Bean
		MeterRegistryCustomizer<PushMeterRegistry> unicornWorkerTag(WorkerAgent agent) {
			return (registry) -> registry.config().commonTags("worker", String.valueOf(agent.identity().index()));
		}

	}

}
