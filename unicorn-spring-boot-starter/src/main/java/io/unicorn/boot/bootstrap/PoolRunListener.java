package io.unicorn.boot.bootstrap;

import java.nio.file.Path;

import io.unicorn.boot.bootstrap.files.PidFileWriters;
import io.unicorn.boot.bootstrap.files.PortFileWriters;
import io.unicorn.boot.autoconfigure.WorkerBeans;
import io.unicorn.boot.worker.WorkerProcess;
import io.unicorn.cli.CommandLine;
import io.unicorn.launch.plan.WorkerCommand;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Starts the worker's agent in a worker, and activates the pool in any other process of a
 * web application. Both happen when the environment is complete and before there is a
 * context: at this moment all configuration is known and nothing has been started.
 */
class PoolRunListener implements SpringApplicationRunListener, Ordered {

	/** A property source of the context that Spring Cloud builds first. */
	private static final String CLOUD_BOOTSTRAP = "bootstrap";

	private final SpringApplication application;

	private final String[] arguments;

	private @Nullable DoctorReport doctor;

	PoolRunListener(SpringApplication application, String[] arguments) {
		this.application = application;
		this.arguments = arguments;
		WorkerProcess.resolveIndex();
		if (WorkerProcess.isOne() || System.getProperty(WorkerCommand.PREPARE_PROPERTY) != null
				|| System.getProperty(WorkerCommand.CHECK_PROPERTY) != null) {
			new PidFileWriters(application).remove();
			new PortFileWriters(application).remove();
		}
		if (System.getProperty(WorkerCommand.PREPARE_PROPERTY) != null) {
			// The master sets it for code that lacks this listener; the user has not.
			System.clearProperty(WorkerCommand.EXIT_PROPERTY);
		}
	}

	/**
	 * Run the command if one was given. Spring Boot's launcher does so before, but an
	 * extracted jar starts without that launcher, and would start a second pool here.
	 */
	@Override
	public void starting(ConfigurableBootstrapContext bootstrapContext) {
		if (CommandLine.MODE.equalsIgnoreCase(System.getProperty("jarmode"))) {
			System.exit(new CommandLine(System.out, System.err).run(this.arguments));
		}
	}

	/**
	 * Without a pool or in place of one, no failure here keeps the application from
	 * starting, be it that a class cannot be loaded. So this class itself refers to few
	 * others.
	 */
	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		String planFile = System.getProperty(WorkerCommand.PREPARE_PROPERTY);
		if (System.getProperty(WorkerCommand.CHECK_PROPERTY) != null
				&& environment.getPropertySources().contains(CLOUD_BOOTSTRAP)) {
			// A context that Spring Cloud builds before that of the application.
			return;
		}
		if (DoctorReport.isWanted()) {
			this.doctor = new ProcessStart(this.application, this.arguments).asExamination(bootstrapContext,
					environment);
		}
		else if (WorkerProcess.isOne()) {
			ProcessStart.asWorker(bootstrapContext, environment);
		}
		else if (System.getProperty(WorkerCommand.CHECK_PROPERTY) != null) {
			new ProcessStart(this.application, this.arguments).asReport(environment,
					System.getProperty(WorkerCommand.CHECK_PROPERTY));
		}
		else if (planFile != null) {
			new ProcessStart(this.application, this.arguments).asPreparation(environment, Path.of(planFile));
		}
		else {
			try {
				new ProcessStart(this.application, this.arguments).asMaster(bootstrapContext, environment);
			}
			catch (LinkageError ex) {
				StartFailure.handle(ex, StartStep.SETTINGS, environment);
			}
		}
	}

	@Override
	public void contextLoaded(ConfigurableApplicationContext context) {
		WorkerBeans.removeIfForeign(context.getBeanFactory());
		if (this.doctor != null) {
			this.doctor.addTo(context);
		}
	}

	@Override
	public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
		if (this.doctor != null) {
			this.doctor.printWithoutBeans();
		}
	}

	/**
	 * Run after Spring Boot's own listener, which reads the configuration and starts
	 * logging.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
