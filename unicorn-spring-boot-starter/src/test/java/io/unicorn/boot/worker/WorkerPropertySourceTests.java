package io.unicorn.boot.worker;

import org.junit.jupiter.api.Test;

import org.springframework.core.env.PropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerPropertySourceTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void linesAndFilesOfTheLogNameTheWorker() {
		this.environment.withProperty("logging.file.name", "app.log")
			.withProperty("server.tomcat.accesslog.enabled", "true");
		PropertySource<?> properties = WorkerPropertySource.of(2, this.environment);
		assertThat(properties.getProperty("logging.pattern.correlation")).isEqualTo("[worker-2] ");
		assertThat(properties.getProperty("logging.file.name")).isEqualTo("app-worker-2.log");
		assertThat(properties.getProperty("server.tomcat.accesslog.suffix")).isEqualTo("-worker-2.log");
	}

	@Test
	void thePatternAndTheStartOfSpringMvcThatAnApplicationConfiguresStay() {
		this.environment.withProperty("logging.pattern.correlation", "x")
			.withProperty("spring.mvc.servlet.load-on-startup", "-1");
		PropertySource<?> properties = WorkerPropertySource.of(0, this.environment);
		assertThat(properties.getProperty("logging.pattern.correlation")).isNull();
		assertThat(properties.getProperty("spring.mvc.servlet.load-on-startup")).isNull();
		assertThat(properties.getProperty("server.shutdown")).isEqualTo("immediate");
	}

	@Test
	void reactorNettyStopsWithoutAPauseUnlessThatIsConfigured() {
		String pause = "spring.reactor.netty.shutdown-quiet-period";
		assertThat(WorkerPropertySource.of(0, this.environment).getProperty(pause)).isEqualTo("0s");
		this.environment.setProperty(pause, "1s");
		assertThat(WorkerPropertySource.of(0, this.environment).getProperty(pause)).isNull();
	}

}
