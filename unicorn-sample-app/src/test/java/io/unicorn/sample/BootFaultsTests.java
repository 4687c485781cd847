package io.unicorn.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BootFaults} and {@link ChaosController}.
 */
class BootFaultsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Application.class);

	@Test
	void bootFailsWhenConfigured() {
		this.runner.withPropertyValues("sample.boot.fail=true")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage("sample.boot.fail is set"));
	}

	@Test
	void bootFailsWhileAFileExists(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("broken");
		ApplicationContextRunner broken = this.runner.withPropertyValues("sample.boot.fail-if-exists=" + file);
		broken.run((context) -> assertThat(context).hasNotFailed());
		Files.createFile(file);
		broken.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("fail-if-exists"));
	}

	@Test
	void bootHangsWhileAFileExists(@TempDir Path directory) throws Exception {
		Path file = Files.createFile(directory.resolve("hanging"));
		this.runner.withPropertyValues("sample.boot.hang-if-exists=" + file).run((context) -> {
			BootFaults faults = context.getBean(BootFaults.class);
			Thread boot = new Thread(() -> run(faults));
			boot.start();
			boot.join(200);
			assertThat(boot.isAlive()).isTrue();
			Files.delete(file);
			boot.join(10_000);
			assertThat(boot.isAlive()).isFalse();
		});
	}

	@Test
	void bootIsDelayed() {
		this.runner.withPropertyValues("sample.boot.delay=100ms").run((context) -> {
			long start = System.nanoTime();
			run(context.getBean(BootFaults.class));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
		});
	}

	@Test
	void leakedMemoryIsHeld() {
		this.runner.withPropertyValues("sample.chaos=true").run((context) -> {
			ChaosController chaos = context.getBean(ChaosController.class);
			assertThat(chaos.leak(1)).isEqualTo("holding 1 MiB\n");
			assertThat(chaos.leak(2)).isEqualTo("holding 3 MiB\n");
		});
	}

	private static void run(BootFaults faults) {
		try {
			faults.run(new DefaultApplicationArguments());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(SampleProperties.class)
	@Import({ BootFaults.class, ChaosController.class })
	static class Application {

	}

}
