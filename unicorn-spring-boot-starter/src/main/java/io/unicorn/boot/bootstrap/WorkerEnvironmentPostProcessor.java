package io.unicorn.boot.bootstrap;

import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.logging.LogFile;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * In a worker: connects to the master, learns which worker this is, and gives it log
 * files and log lines of its own. Runs last, when all configuration is known and before
 * logging starts.
 */
class WorkerEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String CORRELATION_PATTERN = "logging.pattern.correlation";

	private static final String LOAD_ON_STARTUP = "spring.mvc.servlet.load-on-startup";

	/**
	 * What it prints is of interest to nobody unless it fails, and goes to a file of its
	 * own then.
	 */
	private static final Map<String, Object> TRAINING_PROPERTIES = Map.of("spring.main.banner-mode", "off",
			"logging.file.name", "", "logging.file.path", "");

	private final ConfigurableBootstrapContext bootstrapContext;

	WorkerEnvironmentPostProcessor(ConfigurableBootstrapContext bootstrapContext) {
		this.bootstrapContext = bootstrapContext;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!WorkerProcess.isOne() || application.getWebApplicationType() == WebApplicationType.NONE
				|| !LaunchSite.current(application.getMainApplicationClass()).isApplicationItself()) {
			return;
		}
		if (WorkerProcess.isTraining()) {
			this.bootstrapContext.register(WorkerAgent.class,
					InstanceSupplier.of(WorkerAgent.unconnected(new WorkerLog())));
			environment.getPropertySources().addFirst(new MapPropertySource("unicornTraining", TRAINING_PROPERTIES));
			return;
		}
		Integer controlChannel = WorkerProcess.takeControlChannel();
		if (controlChannel == null) {
			return;
		}
		WorkerAgent agent = connect(controlChannel, () -> configuration(environment, application));
		if (agent.identity().probation()) {
			BootOutput.capture(agent);
		}
		this.bootstrapContext.register(WorkerAgent.class, InstanceSupplier.of(agent));
		System.setProperty(WorkerProcess.INDEX_PROPERTY, Integer.toString(agent.identity().index()));
		environment.getPropertySources()
			.addFirst(new MapPropertySource("unicornWorker", ownProperties(agent.identity().index(), environment)));
	}

	/** Whoever asks finds out the same if it makes no sense, and explains it. */
	private String configuration(Environment environment, SpringApplication application) {
		try {
			ClassLoader classLoader = application.getClassLoader();
			TakeOver takeOver = TakeOver.decide(LaunchSite.current(application.getMainApplicationClass()),
					UnicornPropertiesBinder.enabled(environment), application.getWebApplicationType(), environment,
					classLoader);
			if (!takeOver.wanted()) {
				return "";
			}
			Premises premises = Premises.of(environment, classLoader);
			this.bootstrapContext.register(Premises.class, InstanceSupplier.of(premises));
			return premises.digest();
		}
		catch (RuntimeException ex) {
			return "";
		}
	}

	private static WorkerAgent connect(int controlChannel, Supplier<String> configuration) {
		try {
			return WorkerAgent.connect(controlChannel, configuration, new WorkerLog());
		}
		catch (EOFException ex) {
			// A first worker whose pool did not come about, which has been explained, or
			// whose master was killed. Nothing has been started that would have to be
			// stopped, and nobody is left to be told.
			Runtime.getRuntime().halt(1);
			throw new IllegalStateException(ex);
		}
		catch (IOException ex) {
			throw new IllegalStateException("This worker cannot talk to its master: " + ex.getMessage(), ex);
		}
	}

	private static Map<String, Object> ownProperties(int index, ConfigurableEnvironment environment) {
		String suffix = "-worker-" + index;
		Map<String, Object> properties = new HashMap<>();
		if (!WorkerProcess.isFirst()) {
			properties.put("spring.main.banner-mode", "off");
		}
		if (!environment.containsProperty(CORRELATION_PATTERN)) {
			boolean expected = environment.getProperty("logging.expect-correlation-id", Boolean.class, false);
			properties.put(CORRELATION_PATTERN, "[worker-" + index + "] " + (expected ? "%correlationId" : ""));
		}
		if (!environment.containsProperty(LOAD_ON_STARTUP)) {
			// Otherwise the first client waits until Spring MVC has initialized itself.
			properties.put(LOAD_ON_STARTUP, 1);
		}
		// What was to be waited for was waited for in the drain. A request whose client
		// is
		// gone may never end for the server.
		properties.put("server.shutdown", "immediate");
		properties.put("logging.structured.json.add.unicorn.worker", Integer.toString(index));
		LogFile logFile = LogFile.get(environment);
		if (logFile != null) {
			properties.put("logging.file.name", withSuffix(logFile.toString(), suffix));
		}
		if (environment.getProperty("server.tomcat.accesslog.enabled", Boolean.class, false)) {
			properties.put("server.tomcat.accesslog.suffix",
					suffix + environment.getProperty("server.tomcat.accesslog.suffix", ".log"));
		}
		return properties;
	}

	/**
	 * Put a suffix in front of a file's extension: {@code app-worker-0.log}.
	 */
	static String withSuffix(String file, String suffix) {
		int name = file.lastIndexOf('/') + 1;
		int dot = file.lastIndexOf('.');
		return (dot > name) ? file.substring(0, dot) + suffix + file.substring(dot) : file + suffix;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
