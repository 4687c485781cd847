package io.unicorn.boot.bootstrap.files;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.launch.plan.PidFile;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.system.SystemProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

/**
 * Handles the writers of process id files that the application has registered: the files
 * must hold the process id of the master.
 */
public final class PidFileWriters {

	private static final Log logger = LogFactory.getLog(PidFileWriters.class);

	private final SpringApplication application;

	public PidFileWriters(SpringApplication application) {
		this.application = application;
	}

	/**
	 * Call the writers now: this process keeps its id when it becomes the master. A
	 * writer whose file must be left alone is not called, because Spring Boot follows
	 * links and waits at named pipes.
	 * @throws IllegalStateException if a file cannot be written, and the configuration
	 * says that this is a failure
	 */
	public void write(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment,
			String[] arguments) {
		ApplicationEnvironmentPreparedEvent event = new ApplicationEnvironmentPreparedEvent(bootstrapContext,
				this.application, arguments, environment);
		for (ApplicationPidFileWriter writer : writers()) {
			File file = file(writer, environment);
			String refusal = (file != null) ? refusal(file) : null;
			if (refusal == null) {
				writer.setTriggerEventType(ApplicationEnvironmentPreparedEvent.class);
				writer.onApplicationEvent(event);
			}
			else if (failsOnWriteError(environment)) {
				throw new IllegalStateException("Cannot create pid file " + file + ": " + refusal);
			}
			else {
				logger.warn("Cannot create pid file " + file + ": " + refusal);
			}
		}
	}

	private List<ApplicationPidFileWriter> writers() {
		return registered().all();
	}

	private static @Nullable String refusal(File file) {
		try {
			return new PidFile(file.toPath()).refusal((int) ProcessHandle.current().pid());
		}
		catch (IOException | RuntimeException ex) {
			// The writer says why, in its own words.
			return null;
		}
	}

	/**
	 * Return the files of the writers, which the master deletes when it ends.
	 */
	public List<String> files(Environment environment) {
		return writers().stream()
			.map((writer) -> file(writer, environment))
			.filter((file) -> file != null)
			.map((file) -> file.getAbsolutePath())
			.toList();
	}

	/**
	 * Return the file that a writer writes, as the writer finds it.
	 */
	private static @Nullable File file(ApplicationPidFileWriter writer, Environment environment) {
		for (String property : List.of("spring.pid.file", "spring.pidfile")) {
			if (environment.getProperty(property) != null) {
				return new File(environment.getRequiredProperty(property));
			}
		}
		String variable = SystemProperties.get("PIDFILE");
		return (variable != null) ? new File(variable) : own(writer);
	}

	/** Return the file of the constructor, or {@code null} if Spring Boot hides it. */
	private static @Nullable File own(ApplicationPidFileWriter writer) {
		try {
			Field field = ReflectionUtils.findField(ApplicationPidFileWriter.class, "file", File.class);
			if (field == null) {
				return null;
			}
			ReflectionUtils.makeAccessible(field);
			return (File) ReflectionUtils.getField(field, writer);
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	private static boolean failsOnWriteError(Environment environment) {
		String configured = environment.getProperty("spring.pid.fail-on-write-error");
		return Boolean
			.parseBoolean((configured != null) ? configured : SystemProperties.get("PID_FAIL_ON_WRITE_ERROR"));
	}

	/**
	 * Remove the writers from the application, because a worker must not write its own
	 * id.
	 */
	public void remove() {
		registered().remove();
	}

	private RegisteredListeners<ApplicationPidFileWriter> registered() {
		return new RegisteredListeners<>(this.application, ApplicationPidFileWriter.class);
	}

}
