package io.unicorn.boot.bootstrap;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.boot.bootstrap.files.PidFileWriters;
import io.unicorn.boot.bootstrap.files.PortFileWriters;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.worker.WorkerAgent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives this process its part when the environment is complete: the master of a pool, a
 * worker, the preparation of a roll-out, or an application without a pool.
 */
final class ProcessStart {

	private static final Log logger = LogFactory.getLog(PoolRunListener.class);

	private final SpringApplication application;

	private final String[] arguments;

	private final Supplier<LaunchContext> context;

	private final Consumer<StartStep> steps;

	private StartStep step = StartStep.SETTINGS;

	ProcessStart(SpringApplication application, String[] arguments) {
		this(application, arguments, () -> LaunchContext.current(application.getMainApplicationClass()), (step) -> {
		});
	}

	/**
	 * Create a start that has not begun.
	 * @param context returns how this JVM was started
	 * @param steps is told each step before it is done
	 */
	ProcessStart(SpringApplication application, String[] arguments, Supplier<LaunchContext> context,
			Consumer<StartStep> steps) {
		this.application = application;
		this.arguments = arguments;
		this.context = context;
		this.steps = steps;
	}

	/**
	 * Start the agent of this worker, if the worker has connected to its master.
	 */
	static void asWorker(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment) {
		WorkerAgent agent = bootstrapContext.getOrElse(WorkerAgent.class, null);
		if (agent != null) {
			WorkerStart.begin(agent, bootstrapContext, environment);
		}
	}

	/**
	 * Write a launch plan for a running master, and end this process.
	 * @param planFile the file that the master waits for
	 * @throws PoolStartException if the new code starts no pool
	 */
	void asPreparation(ConfigurableEnvironment environment, Path planFile) {
		LaunchContext launch = this.context.get().without(WorkerCommand.PREPARE_FLAG);
		if (!launch.isApplicationItself()) {
			return;
		}
		PoolActivation activation = activation(launch, environment);
		if (!activation.wanted()) {
			throw new PoolStartException("The new code does not start a pool",
					(activation.remark() != null) ? activation.remark()
							: "Its configuration sets unicorn.enabled=false, or it is not a web application.");
		}
		ClassLoader classLoader = this.application.getClassLoader();
		new PoolBootstrap(classLoader, launch, this.steps).prepare(LaunchInputs.of(environment, classLoader), planFile);
	}

	/**
	 * Report how this process would start, and end it.
	 * @param report {@code check} or {@code config}
	 * @throws RuntimeException if a value of the configuration is not allowed
	 */
	void asReport(ConfigurableEnvironment environment, String report) {
		LaunchContext launch = this.context.get();
		ConfigurationReport configuration = new ConfigurationReport(launch, environment, System.out);
		boolean pool = report.equals("config") ? configuration.printAll() : configuration.check(
				activation(launch, environment), () -> LaunchInputs.of(environment, this.application.getClassLoader()));
		System.out.flush();
		System.err.flush();
		// Nothing was started, so no shutdown hook needs to run.
		Runtime.getRuntime().halt(pool ? 0 : 1);
	}

	/**
	 * Prepare this process to examine the application: it builds the context of a worker
	 * and ends before anything is started.
	 * @return what examines it
	 * @throws RuntimeException if a value of the configuration is not allowed
	 */
	DoctorReport asExamination(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment) {
		LaunchContext launch = this.context.get();
		PoolActivation activation = activation(launch, environment);
		WorkerAgent agent = bootstrapContext.getOrElse(WorkerAgent.class, null);
		if (agent == null || !activation.wanted()) {
			System.out.println((activation.remark() != null) ? activation.remark() : PoolActivation.NO_POOL);
			System.out.flush();
			Runtime.getRuntime().halt(1);
		}
		LaunchInputs inputs = LaunchInputs.of(environment, this.application.getClassLoader());
		int workers = inputs.settings()
			.workers()
			.orElseGet(() -> inputs.size(MachineResources.current(launch.jvmFlags()), launch.jvmFlags()).auto());
		System.setProperty(WorkerCommand.LISTENERS_PROPERTY,
				inputs.addresses().stream().map((address) -> address.name() + ":-1").collect(Collectors.joining(",")));
		WorkerStart.begin(Objects.requireNonNull(agent), bootstrapContext, environment);
		return new DoctorReport(environment, inputs.properties().doctor().silenced(), workers, System.out);
	}

	/**
	 * Become the master, or return if the application starts in this one process.
	 * @throws RuntimeException if the start ends, as that of one process would
	 */
	void asMaster(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment) {
		LaunchContext launch;
		PoolActivation activation;
		try {
			enter(StartStep.SETTINGS);
			launch = this.context.get();
			if (!launch.isApplicationItself()) {
				return;
			}
			activation = activation(launch, environment);
			if (activation.wanted() && System.getProperty(WorkerCommand.OBSTACLE_PROPERTY) == null) {
				start(launch, bootstrapContext, environment);
			}
		}
		catch (Throwable ex) {
			if (this.step == StartStep.PID_FILES && ex instanceof RuntimeException refused) {
				// A writer of the application's own may end the start.
				throw refused;
			}
			StartFailure.handle(ex, this.step, environment);
			return;
		}
		runAlone(activation, environment);
	}

	private void start(LaunchContext launch, ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		ClassLoader classLoader = this.application.getClassLoader();
		PidFileWriters writers = new PidFileWriters(this.application);
		LaunchInputs inputs = LaunchInputs.of(environment, classLoader)
			.withPidFiles(writers.files(environment))
			.withPortFiles(new PortFileWriters(this.application).files());
		enter(StartStep.PID_FILES);
		writers.write(bootstrapContext, environment, this.arguments);
		new PoolBootstrap(classLoader, launch, this::enter).run(inputs);
	}

	private static void runAlone(PoolActivation activation, ConfigurableEnvironment environment) {
		String obstacle = System.getProperty(WorkerCommand.OBSTACLE_PROPERTY);
		if (activation.wanted() && obstacle != null) {
			new OneProcess(environment).replacePool(obstacle);
		}
		if (activation.remark() != null) {
			logger.info(activation.remark());
		}
		if (activation.serves()) {
			new OneProcess(environment).warnOfUnused();
		}
	}

	private PoolActivation activation(LaunchContext launch, ConfigurableEnvironment environment) {
		return PoolActivation.decide(launch, UnicornPropertiesBinder.enabled(environment),
				this.application.getWebApplicationType(), environment, this.application.getClassLoader());
	}

	private void enter(StartStep next) {
		this.step = next;
		this.steps.accept(next);
	}

}
