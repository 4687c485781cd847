package io.unicorn.boot.bootstrap;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LaunchInputsTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void theOrderOfPropertiesDoesNotMatter() {
		this.environment.withProperty("unicorn.workers", "3").withProperty("server.port", "9000");
		MockEnvironment other = new MockEnvironment().withProperty("server.port", "9000")
			.withProperty("unicorn.workers", "3")
			.withProperty("something.else", "x");
		assertThat(of(this.environment)).isEqualTo(of(other));
	}

	@ParameterizedTest
	@CsvSource({ "unicorn.workers, 3", "unicorn.jvm-args, -Xmx1g", "unicorn.work-dir, /elsewhere",
			"unicorn.rollout.observe, 1s", "unicorn.pidfile, /run/app.pid", "server.port, 9000",
			"server.address, 127.0.0.1", "server.tomcat.accept-count, 7", "management.server.port, 9001",
			"spring.application.name, shop", "spring.pid.file, app.pid", "logging.file.name, app.log",
			"WEB_CONCURRENCY, 5", "spring.output.ansi.enabled, always",
			"spring.lifecycle.timeout-per-shutdown-phase, 60s" })
	void eachPropertyThatAPlanDependsOnIsRead(String name, String value) {
		LaunchInputs before = of(this.environment);
		this.environment.setProperty(name, value);
		assertThat(of(this.environment)).isNotEqualTo(before);
	}

	@Test
	void theIndexOfTheWorkerInAJvmFlagIsNotThatOfThisProcess() {
		StandardEnvironment standard = new StandardEnvironment();
		standard.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("unicorn.jvm-args", "-Dport=940${unicorn.worker.index}")));
		assertThat(LaunchInputs.of(standard, getClass().getClassLoader()).properties().jvmArgs())
			.containsExactly("-Dport=940{worker}");
		assertThat(standard.resolvePlaceholders("${unicorn.worker.index}")).isEqualTo("0");
	}

	@Test
	void theMasterDoesNotLogIntoTheFileOfTheFirstWorker() {
		StandardEnvironment standard = new StandardEnvironment();
		standard.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("logging.file.name", "app-${unicorn.worker.index}.log")));
		assertThat(LaunchInputs.of(standard, getClass().getClassLoader()).log().file()).isEqualTo("app-master.log");
	}

	@Test
	void anInvalidValueIsRefused() {
		this.environment.setProperty("unicorn.workers", "0");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> of(this.environment))
			.withMessageContaining("unicorn.workers");
	}

	/**
	 * In the POSIX locale, every path with another character than ASCII is such a one.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "unicorn.pidfile", "spring.pid.file", "logging.file.name" })
	void aPathThatThisProcessCannotUseIsNamed(String property) {
		this.environment.setProperty(property, "a\0b");
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> of(this.environment))
			.withMessageStartingWith(property + " is no path that this process can use: ")
			.withMessageContaining("file names are in the character set")
			.satisfies((ex) -> assertThat(ex.getAdvice()).contains("LC_ALL=C.UTF-8"));
	}

	private LaunchInputs of(MockEnvironment source) {
		return LaunchInputs.of(source, getClass().getClassLoader());
	}

}
