package io.unicorn.boot.worker;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerFilesTests {

	private static final String LOGBACK = "logging.logback.rollingpolicy.file-name-pattern";

	private static final String LOG4J = "logging.log4j2.rollingpolicy.file-name-pattern";

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "logs/archive/app.%d.%i.gz|logs/archive/app-worker-1.%d.%i.gz",
					"app-%d{yyyy-MM-dd}.%i.log.gz|app-worker-1-%d{yyyy-MM-dd}.%i.log.gz",
					"/l/%d{yyyy/MM, aux}/app.%i.zip|/l/%d{yyyy/MM, aux}/app-worker-1.%i.zip",
					"/l/%d{yyyy.MM.dd}.log|/l/worker-1.%d{yyyy.MM.dd}.log", "app%d.log|app-worker-1%d.log",
					"app_%i|app-worker-1_%i", "${LOG_PATH}/a.%d.gz|${LOG_PATH}/a-worker-1.%d.gz",
					"${my.name}.%i.gz|${my.name}-worker-1.%i.gz" })
	void archivesAreNamedAfterTheWorker(String pattern, String expected) {
		assertThat(files(LOGBACK, pattern)).containsEntry(LOGBACK, expected);
		assertThat(files(LOG4J, pattern)).containsEntry(LOG4J, expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "${LOG_FILE}.%d.%i.gz", "a-${PID}.%d.gz", "a-${unicorn.worker.index}.%d.gz",
			"${unicorn.worker}.%d.gz", "${dir}/a.%d.gz" })
	void aPatternThatDiffersFromWorkerToWorkerStays(String pattern) {
		this.environment.setProperty("dir", "/logs/${unicorn.worker.index}");
		assertThat(files(LOGBACK, pattern)).doesNotContainKey(LOGBACK);
	}

	@Test
	void theLogFileIsNamedAfterTheWorkerUnlessItsNameSaysSo() {
		assertThat(files("logging.file.name", "a/app.log")).containsEntry("logging.file.name", "a/app-worker-1.log");
		this.environment.setProperty("unicorn.worker.index", "1");
		assertThat(files("logging.file.name", "a/app${unicorn.worker.index}.log")).isEmpty();
		assertThat(files("logging.file.name", "/dev/stdout")).containsEntry("logging.file.name", "/dev/stdout");
	}

	@Test
	void theAccessLogIsNamedAfterTheWorkerUnlessItGoesToTheOutput() {
		this.environment.setProperty("server.tomcat.accesslog.enabled", "true");
		assertThat(files("server.tomcat.accesslog.suffix", ".txt")).containsEntry("server.tomcat.accesslog.suffix",
				"-worker-1.txt");
		this.environment.setProperty("server.tomcat.accesslog.directory", "/dev");
		this.environment.setProperty("server.tomcat.accesslog.prefix", "stdout");
		assertThat(files("server.tomcat.accesslog.suffix", "")).isEmpty();
	}

	@Test
	void theAccessLogOfJettyIsNamedAfterTheWorkerIfItIsAFile() {
		String name = "server.jetty.accesslog.filename";
		assertThat(files(name, "logs/access.yyyy_mm_dd.log")).isEmpty();
		this.environment.setProperty("server.jetty.accesslog.enabled", "true");
		assertThat(files(name, "logs/access.yyyy_mm_dd.log")).containsEntry(name,
				"logs/access.yyyy_mm_dd-worker-1.log");
		assertThat(files(name, "logs/${unicorn.worker.index}.log")).doesNotContainKey(name);
	}

	@Test
	void persistentSessionsHaveADirectoryPerWorker() {
		this.environment.setProperty("server.servlet.session.persistent", "true");
		assertThat(files("server.servlet.session.store-dir", "/var/sessions"))
			.containsEntry("server.servlet.session.store-dir", "/var/sessions-worker-1");
	}

	private Map<String, Object> files(String property, String value) {
		this.environment.setProperty(property, value);
		Map<String, Object> properties = new HashMap<>();
		new WorkerFiles(1, this.environment).addTo(properties);
		return properties;
	}

}
