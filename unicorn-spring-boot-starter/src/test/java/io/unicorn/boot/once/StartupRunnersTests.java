package io.unicorn.boot.once;

import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.OncePerPool;
import io.unicorn.ipc.Initialization;
import io.unicorn.library.RunnerOfLibrary;
import io.unicorn.worker.TestAgents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which runners of an application run in which worker.
 */
class StartupRunnersTests {

	private static final List<String> ALL = List.of("first", "every", "method", "class", "library");

	/** Start the application as a worker, and return the runners that have run. */
	private static List<String> runs(Initialization initialization, @Nullable RunnersMode mode, String... arguments) {
		try (TestAgents agents = new TestAgents(initialization, "")) {
			SpringApplication application = new SpringApplication(Runners.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.addInitializers((context) -> ContextPreparation.prepare(context.getBeanFactory(),
					agents.agent(), InitializationMode.FIRST, mode));
			try (ConfigurableApplicationContext context = application.run(arguments)) {
				assertThat(context.getBeansOfType(CommandLineRunner.class)).hasSize(4);
				return List.copyOf(runs(context));
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static List<String> runs(ConfigurableApplicationContext context) {
		return context.getBean("runs", List.class);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
	void aWorkerThatInitializesRunsThem(Initialization initialization) {
		assertThat(runs(initialization, null)).isEqualTo(ALL);
		assertThat(runs(initialization, RunnersMode.FIRST)).isEqualTo(ALL);
	}

	@Test
	void anotherWorkerLeavesThoseOutThatAreAnnotated() {
		assertThat(runs(Initialization.NOTHING, null)).containsExactly("first", "every", "library");
		assertThat(runs(Initialization.NOTHING, RunnersMode.EVERY)).containsExactly("first", "every", "library");
	}

	@Test
	void thePropertyLeavesAllOfTheApplicationOut() {
		assertThat(runs(Initialization.NOTHING, RunnersMode.FIRST)).containsExactly("library");
	}

	@Test
	void beansThatAreLazyAreLeftOut() {
		assertThat(runs(Initialization.NOTHING, null, "--spring.main.lazy-initialization=true"))
			.containsExactly("first", "every", "library");
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackageClasses = Runners.class)
	@Import({ RunnerOfLibrary.class, AnnotatedRunner.class })
	static class Runners {

		@Bean
		List<String> runs() {
			return new ArrayList<>();
		}

		@Bean
		@Order(1)
		ApplicationRunner firstRunner(List<String> runs) {
			return (arguments) -> runs.add("first");
		}

		@Bean
		@Order(2)
		CommandLineRunner everyRunner(List<String> runs) {
			return (arguments) -> runs.add("every");
		}

		@Bean
		@OncePerPool
		@Order(3)
		CommandLineRunner methodRunner(List<String> runs) {
			return (arguments) -> runs.add("method");
		}

	}

	@OncePerPool
	@Order(4)
	static final class AnnotatedRunner implements CommandLineRunner, ApplicationRunner {

		private final List<String> runs;

		private boolean ran;

		AnnotatedRunner(List<String> runs) {
			this.runs = runs;
		}

		@Override
		public void run(String... arguments) {
			this.ran = true;
		}

		@Override
		public void run(ApplicationArguments arguments) {
			assertThat(this.ran).isFalse();
			this.runs.add("class");
		}

	}

}
