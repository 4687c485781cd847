package io.unicorn.boot.autoconfigure;

import java.time.Duration;

import io.unicorn.boot.PoolWorker;
import io.unicorn.boot.tomcat.TomcatPoolCustomizer;
import io.unicorn.boot.tomcat.TomcatTuning;
import io.unicorn.launch.WorkerClass;
import io.unicorn.worker.ReadinessCheck;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.startup.Tomcat;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of a worker. In a process that is none it does nothing.
 */
@AutoConfiguration
@ConditionalOnBean(WorkerAgent.class)
@EnableConfigurationProperties(UnicornProperties.class)
public final class UnicornAutoConfiguration {

	private final WorkerAgent agent;

	private final ReadinessCheck readiness;

	UnicornAutoConfiguration(WorkerAgent agent, ObjectProvider<ReadinessCheck> readiness, UnicornProperties properties,
			ObjectProvider<ApplicationAvailability> availability, ApplicationContext context) {
		this.agent = agent;
		this.readiness = properties.rollout().asksNothing() ? ReadinessCheck.NONE
				: readiness.getIfAvailable(() -> state(availability));
		agent.onRefuseTraffic(() -> AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC));
	}

	private static ReadinessCheck state(ObjectProvider<ApplicationAvailability> availability) {
		ApplicationAvailability state = availability.getIfAvailable();
		return (state != null) ? new AvailabilityReadinessCheck(state) : ReadinessCheck.NONE;
	}

	@Bean
	PoolWorker unicornPoolWorker() {
		return new PoolWorker(this.agent);
	}

	@Bean
	DrainLifecycle unicornDrainLifecycle() {
		return new DrainLifecycle(this.agent);
	}

	/** Last of all listeners: what the application does when it is ready, is done. */
	@EventListener
	@Order(Ordered.LOWEST_PRECEDENCE)
	void ready(ApplicationReadyEvent event) {
		this.agent.ready(this.readiness);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
	static class TomcatConfiguration {

		/**
		 * Of class sync, a client that connects and says nothing keeps a worker from all
		 * others; Tomcat's minute is too long for that.
		 */
		private static final Duration SYNC_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

		@Bean
		TomcatPoolCustomizer unicornTomcatPoolCustomizer(WorkerAgent agent, RequestLedger ledger,
				UnicornProperties properties, Environment environment) {
			boolean impatient = properties.workerClass() == WorkerClass.SYNC
					&& !environment.containsProperty("server.tomcat.connection-timeout");
			return TomcatPoolCustomizer.forApplication(agent, ledger, new TomcatTuning(properties.workerClass(),
					properties.threads(), impatient ? SYNC_CONNECTION_TIMEOUT : null), properties.warmUp().toPlan());
		}

	}

}
