package io.unicorn.boot.once;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Initialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.JobLauncherApplicationRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link StartupJobs} with the runner of Spring Boot.
 */
class StartupJobsTests {

	private final AtomicInteger runs = new AtomicInteger();

	@TempDir
	private Path directory;

	private WorkerContexts workers() {
		return new WorkerContexts(new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(BatchAutoConfiguration.class, BatchJobLauncherAutoConfiguration.class))
			.withBean(AtomicInteger.class, () -> this.runs)
			.withUserConfiguration(WithJob.class), this.directory);
	}

	@ParameterizedTest
	@CsvSource({ "START,1", "EVERYTHING,1", "ROLL_OUT,0", "NOTHING,0" })
	void theJobRunsOncePerStart(Initialization initialization, int expected) {
		workers().build(initialization, StartupJobsTests::run);
		assertThat(this.runs).hasValue(expected);
	}

	@Test
	void aJobThatIsNamedRunsOncePerStart() {
		WorkerContexts workers = workers();
		workers.build(Initialization.START, StartupJobsTests::run, "spring.batch.job.name=import");
		workers.build(Initialization.NOTHING, StartupJobsTests::run, "spring.batch.job.name=import");
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void thePropertyLetsEveryWorkerRunTheJob() {
		workers().mode(InitializationMode.EVERY).build(Initialization.NOTHING, StartupJobsTests::run);
		assertThat(this.runs).hasValue(1);
	}

	private static void run(ConfigurableApplicationContext context) {
		try {
			context.getBean(JobLauncherApplicationRunner.class).run(new DefaultApplicationArguments());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class WithJob {

		@Bean
		Job job(JobRepository repository, AtomicInteger runs) {
			return new JobBuilder("import", repository)
				.start(new StepBuilder("step", repository).tasklet((contribution, chunk) -> {
					runs.incrementAndGet();
					return RepeatStatus.FINISHED;
				}).build())
				.build();
		}

	}

}
