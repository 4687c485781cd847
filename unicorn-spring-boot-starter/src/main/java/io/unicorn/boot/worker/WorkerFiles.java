package io.unicorn.boot.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.WorkerFile;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogFile;
import org.springframework.boot.system.ApplicationTemp;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySourcesPropertyResolver;

/**
 * Names the files of a worker where Spring Boot's properties name the same ones for all
 * workers. A name in which the user has put the index of the worker stays.
 */
final class WorkerFiles {

	private static final String ACCESS_LOG = "server.tomcat.accesslog.";

	private static final String JETTY_ACCESS_LOG = "server.jetty.accesslog.";

	private static final String SESSIONS = "server.servlet.session.";

	/** Variables of the logging system that differ from worker to worker. */
	private static final List<String> DISTINCT = List.of("${LOG_FILE", "${PID");

	private final String suffix;

	private final ConfigurableEnvironment environment;

	WorkerFiles(int index, ConfigurableEnvironment environment) {
		this.suffix = WorkerFile.suffix(index);
		this.environment = environment;
	}

	/**
	 * Add the properties with the names of this worker's files.
	 */
	void addTo(Map<String, Object> properties) {
		LogFile logFile = LogFile.get(this.environment);
		if (logFile != null && isSameForAll("logging.file.name", "logging.file.path")) {
			properties.put("logging.file.name", WorkerFile.of(logFile.toString(), this.suffix));
		}
		addArchive("logging.logback.rollingpolicy.file-name-pattern", properties);
		addArchive("logging.log4j2.rollingpolicy.file-name-pattern", properties);
		if (is(ACCESS_LOG + "enabled")
				&& isSameForAll(ACCESS_LOG + "directory", ACCESS_LOG + "prefix", ACCESS_LOG + "suffix")) {
			addAccessLog(properties);
		}
		if (is(JETTY_ACCESS_LOG + "enabled") && isSameForAll(JETTY_ACCESS_LOG + "filename")) {
			addJettyAccessLog(properties);
		}
		if (is(SESSIONS + "persistent") && isSameForAll(SESSIONS + "store-dir")) {
			String directory = this.environment.getProperty(SESSIONS + "store-dir");
			properties.put(SESSIONS + "store-dir",
					((directory != null) ? directory : new ApplicationTemp().getDir("servlet-sessions")) + this.suffix);
		}
	}

	private void addArchive(String name, Map<String, Object> properties) {
		String pattern = valuesIn("", name).get(0);
		if (pattern != null && isSameForAll(name) && DISTINCT.stream().noneMatch(pattern::contains)) {
			properties.put(name, new ArchivePattern(pattern).with(this.suffix));
		}
	}

	private void addAccessLog(Map<String, Object> properties) {
		String extension = this.environment.getProperty(ACCESS_LOG + "suffix", ".log");
		String file = this.environment.getProperty(ACCESS_LOG + "directory", "logs") + "/"
				+ this.environment.getProperty(ACCESS_LOG + "prefix", "access_log") + extension;
		if (!WorkerFile.isShared(file)) {
			properties.put(ACCESS_LOG + "suffix", this.suffix + extension);
		}
	}

	private void addJettyAccessLog(Map<String, Object> properties) {
		String file = this.environment.getProperty(JETTY_ACCESS_LOG + "filename");
		if (file != null) {
			properties.put(JETTY_ACCESS_LOG + "filename", WorkerFile.of(file, this.suffix));
		}
	}

	private boolean is(String property) {
		return this.environment.getProperty(property, Boolean.class, false);
	}

	/**
	 * Return whether the values of properties do not depend on the worker.
	 */
	private boolean isSameForAll(String... names) {
		return valuesIn("a", names).equals(valuesIn("b", names));
	}

	/**
	 * Return the values that properties would have in another worker. What the
	 * environment does not resolve is left to the logging system.
	 */
	private List<@Nullable String> valuesIn(String index, String... names) {
		MutablePropertySources sources = new MutablePropertySources(this.environment.getPropertySources());
		sources.addFirst(new MapPropertySource("unicornIndex", Map.of(WorkerCommand.PLACE_PROPERTY, index,
				WorkerProcess.INDEX_PROPERTY, index, WorkerCommand.ID_PROPERTY, index)));
		PropertySourcesPropertyResolver resolver = new PropertySourcesPropertyResolver(sources);
		resolver.setIgnoreUnresolvableNestedPlaceholders(true);
		List<@Nullable String> values = new ArrayList<>();
		for (String name : names) {
			values.add(resolver.getProperty(name));
		}
		return values;
	}

}
