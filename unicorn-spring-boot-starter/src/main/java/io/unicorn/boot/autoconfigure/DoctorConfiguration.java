package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.unicorn.boot.doctor.Doctor;
import io.unicorn.boot.doctor.FindingIds;
import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Configures the doctor. It reports in the worker that also initializes what all workers
 * share: the first one of a start and of a roll-out, which boots before the others.
 */
@Configuration(proxyBeanMethods = false)
class DoctorConfiguration {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	/** Several, if the master does not tell. */
	private static final int UNKNOWN = 2;

	@Bean
	Doctor unicornDoctor(UnicornProperties properties, ConfigurableListableBeanFactory beans,
			ConfigurableEnvironment environment, WorkerAgent agent) {
		return new Doctor(environment, beans, silenced(properties.doctor()), () -> workers(agent));
	}

	private static List<String> silenced(UnicornProperties.Doctor properties) {
		return properties.enabled() ? properties.silenced() : FindingIds.ALL;
	}

	private static int workers(WorkerAgent agent) {
		try {
			PoolSnapshot pool = agent.summary(TIMEOUT);
			return (pool != null) ? pool.target() : UNKNOWN;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return UNKNOWN;
		}
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> unicornDoctorReport(Doctor doctor,
			ObjectProvider<Initialization> initialization) {
		return (event) -> initialization.ifAvailable((decided) -> {
			if (decided == Initialization.START || decided == Initialization.ROLL_OUT) {
				doctor.report();
			}
		});
	}

}
