package io.unicorn.boot.bootstrap;

import java.io.IOException;

import io.unicorn.boot.bootstrap.addresses.RandomPorts;
import io.unicorn.boot.worker.BootLogCapture;
import io.unicorn.boot.worker.WorkerLogObserver;
import io.unicorn.boot.worker.WorkerProcess;
import io.unicorn.boot.worker.WorkerPropertySource;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Connects a worker to its master, which tells the worker its index, and adds the
 * properties of a worker to the environment. Runs last, when all configuration is known
 * and before logging starts.
 */
class WorkerEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	/** One per process, whatever number of contexts the application builds in it. */
	private static volatile @Nullable WorkerAgent connected;

	private final ConfigurableBootstrapContext bootstrapContext;

	WorkerEnvironmentPostProcessor(ConfigurableBootstrapContext bootstrapContext) {
		this.bootstrapContext = bootstrapContext;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (System.getProperty(WorkerCommand.CHECK_PROPERTY) != null && !WorkerProcess.isTraining()) {
			environment.getPropertySources().addFirst(WorkerPropertySource.outputOnly());
			return;
		}
		if (!WorkerProcess.isOne() || application.getWebApplicationType() == WebApplicationType.NONE) {
			return;
		}
		WorkerAgent former = connected;
		if (former != null && former.isResting()) {
			// Built again after it was closed, on whatever thread.
			register(former, environment);
			return;
		}
		if (!LaunchContext.current(application.getMainApplicationClass()).isApplicationItself()) {
			return;
		}
		if (WorkerProcess.isTraining()) {
			this.bootstrapContext.register(WorkerAgent.class,
					InstanceSupplier.of(WorkerAgent.unconnected(new WorkerLogObserver())));
			environment.getPropertySources().addFirst(WorkerPropertySource.outputOnly());
			return;
		}
		Integer controlDescriptor = WorkerProcess.takeControlDescriptor();
		if (controlDescriptor == null) {
			return;
		}
		WorkerAgent agent = connect(controlDescriptor);
		if (agent.identity().awaitsReadiness() || !WorkerProcess.isFirst()) {
			// The master says why others cannot boot, or why a roll-out has failed.
			BootLogCapture.capture(agent);
		}
		connected = agent;
		register(agent, environment);
	}

	private void register(WorkerAgent agent, ConfigurableEnvironment environment) {
		this.bootstrapContext.register(WorkerAgent.class, InstanceSupplier.of(agent));
		System.setProperty(WorkerProcess.INDEX_PROPERTY, Integer.toString(agent.identity().index()));
		WorkerPropertySource.addTo(agent.identity().index(), environment);
		environment.getPropertySources()
			.addFirst(new MapPropertySource("unicornPorts", RandomPorts.of(environment).properties()));
	}

	private static WorkerAgent connect(int controlDescriptor) {
		try {
			return WorkerAgent.connect(controlDescriptor, new WorkerLogObserver());
		}
		catch (IOException ex) {
			throw new IllegalStateException("This worker cannot connect to its master: " + ex.getMessage(), ex);
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
