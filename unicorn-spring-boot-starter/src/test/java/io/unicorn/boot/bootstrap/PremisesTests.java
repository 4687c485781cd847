package io.unicorn.boot.bootstrap;

import io.unicorn.launch.LaunchPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PremisesTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void theSameConfigurationHasTheSameDigestWhereverItStands() {
		this.environment.withProperty("unicorn.workers", "3").withProperty("server.port", "9000");
		MockEnvironment other = new MockEnvironment().withProperty("server.port", "9000")
			.withProperty("unicorn.workers", "3")
			.withProperty("something.else", "x");
		assertThat(of(this.environment).digest()).isEqualTo(of(other).digest());
	}

	@ParameterizedTest
	@CsvSource({ "unicorn.workers, 3", "unicorn.jvm-args, -Xmx1g", "unicorn.work-dir, /elsewhere",
			"unicorn.rollout.observe, 1s", "unicorn.pidfile, /run/app.pid", "server.port, 9000",
			"server.address, 127.0.0.1", "server.tomcat.accept-count, 7", "management.server.port, 9001",
			"spring.application.name, shop", "spring.pid.file, app.pid", "logging.file.name, app.log",
			"WEB_CONCURRENCY, 5", "spring.output.ansi.enabled, always" })
	void eachPropertyThatAPlanDependsOnChangesTheDigest(String name, String value) {
		String before = of(this.environment).digest();
		this.environment.setProperty(name, value);
		assertThat(of(this.environment).digest()).isNotEqualTo(before);
	}

	@Test
	void theTerminalOptionThatWorkersGetIsNotTheApplications() {
		String name = LaunchPlan.TERMINAL_OPTION.substring(2, LaunchPlan.TERMINAL_OPTION.indexOf('='));
		String digest = of(this.environment).digest();
		System.setProperty(name, "always");
		try {
			this.environment.setProperty(name, "always");
			assertThat(of(this.environment).digest()).isEqualTo(digest);
		}
		finally {
			System.clearProperty(name);
		}
	}

	@Test
	void aWorkersOwnLogFileIsNoOtherConfiguration() {
		Premises told = of(this.environment.withProperty("logging.file.name", "app.log"));
		this.environment.setProperty("logging.file.name", "app-worker-0.log");
		assertThat(told.equalsButForLog(of(this.environment))).isTrue();
		this.environment.setProperty("server.port", "9000");
		assertThat(told.equalsButForLog(of(this.environment))).isFalse();
	}

	@Test
	void whatMakesNoSenseIsRefused() {
		this.environment.setProperty("unicorn.workers", "0");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> of(this.environment))
			.withMessageContaining("unicorn.workers");
	}

	private Premises of(MockEnvironment source) {
		return Premises.of(source, getClass().getClassLoader());
	}

}
