package io.unicorn.boot.bootstrap;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The writers of process id files that an application has registered itself. The number
 * they are to write is that of the master.
 */
final class PidFileWriters {

	private final SpringApplication application;

	PidFileWriters(SpringApplication application) {
		this.application = application;
	}

	/**
	 * Let them write now: this process keeps its number when it becomes the master.
	 */
	void write(ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment, String[] arguments) {
		ApplicationEnvironmentPreparedEvent event = new ApplicationEnvironmentPreparedEvent(bootstrapContext,
				this.application, arguments, environment);
		writers().forEach((writer) -> {
			writer.setTriggerEventType(ApplicationEnvironmentPreparedEvent.class);
			writer.onApplicationEvent(event);
		});
	}

	/**
	 * Whether the application has registered none.
	 */
	boolean areNone() {
		return writers().findAny().isEmpty();
	}

	private Stream<ApplicationPidFileWriter> writers() {
		return this.application.getListeners()
			.stream()
			.filter(ApplicationPidFileWriter.class::isInstance)
			.map(ApplicationPidFileWriter.class::cast);
	}

	/**
	 * Take them out of the application, because a worker must not write its own number.
	 */
	void remove() {
		List<ApplicationListener<?>> others = this.application.getListeners()
			.stream()
			.filter((listener) -> !(listener instanceof ApplicationPidFileWriter))
			.toList();
		this.application.setListeners(others);
	}

}
