package io.unicorn.boot.autoconfigure;

import java.util.OptionalInt;

import io.unicorn.boot.PoolWorker;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.worker.AvailabilityReadinessCheck;
import io.unicorn.boot.worker.DrainLifecycle;
import io.unicorn.boot.worker.ListenerAdoption;
import io.unicorn.boot.worker.LogLevels;
import io.unicorn.boot.worker.WorkerEventPublisher;
import io.unicorn.worker.ReadinessCheck;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Configures a worker. In any other process it does nothing.
 */
@AutoConfiguration
@Conditional(OnWorkerCondition.class)
@EnableConfigurationProperties(UnicornProperties.class)
@Import({ LeaderConfiguration.class, QuartzLeaderConfiguration.class, DoctorConfiguration.class,
		TomcatPoolConfiguration.class, JettyPoolConfiguration.class, NettyPoolConfiguration.class })
public final class UnicornAutoConfiguration {

	private final WorkerAgent agent;

	private final ReadinessCheck readiness;

	UnicornAutoConfiguration(WorkerAgent agent, ObjectProvider<ReadinessCheck> readiness, UnicornProperties properties,
			ObjectProvider<ApplicationAvailability> availability, ObjectProvider<LoggingSystem> logging,
			ApplicationContext context) {
		this.agent = agent;
		this.readiness = properties.rollout().isWithoutHealthCheck() ? ReadinessCheck.NONE
				: readiness.getIfAvailable(() -> state(availability));
		logging.ifAvailable((system) -> agent.onLogLevel(new LogLevels(system)));
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
	ServerSetup unicornServerSetup(RequestLedger ledger, UnicornProperties properties, Environment environment) {
		// The only worker of a pool has no other to leave connections to.
		boolean alone = properties.toPoolSettings(OptionalInt.empty()).workers().equals(OptionalInt.of(1));
		ServerTuning tuning = new ServerTuning(UnicornPropertiesBinder.workerClass(properties, environment),
				properties.threads(), properties.workerConnections(), null);
		return ServerSetup.ofApplication(this.agent, !alone, ledger, tuning, properties.warmUp().toPlan(),
				properties.slowRequest(), properties.proxiedConnections());
	}

	@Bean
	DrainLifecycle unicornDrainLifecycle() {
		return new DrainLifecycle(this.agent);
	}

	@Bean
	ListenerAdoption unicornListenerAdoption(ApplicationContext context) {
		return new ListenerAdoption(this.agent, context);
	}

	/** Runs last, after the application's own listeners of this event. */
	@EventListener
	@Order(Ordered.LOWEST_PRECEDENCE)
	void ready(ApplicationReadyEvent event) {
		this.agent.listen(new WorkerEventPublisher(event.getApplicationContext().getBean(PoolWorker.class),
				event.getApplicationContext()));
		this.agent.ready(this.readiness);
	}

}
