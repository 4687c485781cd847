package io.unicorn.boot.bootstrap;

import java.nio.file.Path;

import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.cli.CommandLine;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.worker.WorkerAgent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * In a worker, says hello to the master. In any other process of a web application, takes
 * over as soon as the environment is complete, before there is a context: the one moment
 * at which all configuration is known and nothing has been started.
 */
class PoolRunListener implements SpringApplicationRunListener, Ordered {

	private static final Log logger = LogFactory.getLog(PoolRunListener.class);

	private final SpringApplication application;

	private final String[] arguments;

	PoolRunListener(SpringApplication application, String[] arguments) {
		this.application = application;
		this.arguments = arguments;
		if (WorkerProcess.isOne() || System.getProperty(WorkerCommand.PREPARE_PROPERTY) != null) {
			new PidFileWriters(application).remove();
		}
		if (System.getProperty(WorkerCommand.PREPARE_PROPERTY) != null) {
			// It is for code without this listener, and must not look like the user's.
			System.clearProperty(WorkerCommand.EXIT_PROPERTY);
		}
	}

	/**
	 * Where the application is not started by Spring Boot's launcher, as from an
	 * extracted jar, nobody looks at the mode, and what was meant as a command would
	 * become a second pool.
	 */
	@Override
	public void starting(ConfigurableBootstrapContext bootstrapContext) {
		if (CommandLine.MODE.equalsIgnoreCase(System.getProperty("jarmode"))) {
			System.exit(new CommandLine(System.out, System.err).run(this.arguments));
		}
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		if (WorkerProcess.isOne()) {
			WorkerAgent agent = bootstrapContext.getOrElse(WorkerAgent.class, null);
			if (agent != null) {
				WorkerStart.begin(agent, bootstrapContext, environment, this.application.getClassLoader());
			}
			return;
		}
		HeadStart headStart = bootstrapContext.getOrElse(HeadStart.class, null);
		try {
			takeOver(bootstrapContext, environment, headStart);
		}
		finally {
			if (headStart != null) {
				headStart.end();
			}
		}
	}

	private void takeOver(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment,
			@Nullable HeadStart headStart) {
		String planFile = System.getProperty(WorkerCommand.PREPARE_PROPERTY);
		LaunchSite place = LaunchSite.current(this.application.getMainApplicationClass());
		LaunchSite site = (planFile != null) ? place.without(WorkerCommand.PREPARE_FLAG) : place;
		if (!site.isApplicationItself()) {
			return;
		}
		Boolean enabled = UnicornPropertiesBinder.enabled(environment);
		ClassLoader classLoader = this.application.getClassLoader();
		TakeOver takeOver = TakeOver.decide(site, enabled, this.application.getWebApplicationType(), environment,
				classLoader);
		MasterBootstrap bootstrap = new MasterBootstrap(classLoader, site);
		if (planFile != null) {
			if (!takeOver.wanted()) {
				throw new MasterNotStartedException("The new code does not want a pool",
						(takeOver.remark() != null) ? takeOver.remark() : "Look at its unicorn.enabled.");
			}
			bootstrap.prepare(Premises.of(environment, classLoader), Path.of(planFile));
		}
		else if (takeOver.wanted()) {
			Premises premises = Premises.of(environment, classLoader);
			PidFileWriters writers = new PidFileWriters(this.application);
			writers.write(bootstrapContext, environment, this.arguments);
			run(bootstrap, premises, headStart, writers.areNone());
		}
		else if (takeOver.remark() != null) {
			logger.info(takeOver.remark());
		}
	}

	/** An application that can serve does so, even where a pool has no place. */
	private static void run(MasterBootstrap bootstrap, Premises premises, @Nullable HeadStart headStart,
			boolean foreseeable) {
		try {
			bootstrap.run(premises, headStart, foreseeable);
		}
		catch (NoPlaceForMasterException ex) {
			logger.error("No worker pool, because there is no place for its files: " + ex.getMessage()
					+ ". Free some space, or set unicorn.work-dir to another directory. "
					+ "The application runs in this one process.");
		}
	}

	/**
	 * After Spring Boot's own listener, which reads the configuration and starts the log.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
