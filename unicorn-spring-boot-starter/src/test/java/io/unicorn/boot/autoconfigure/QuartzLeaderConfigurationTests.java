package io.unicorn.boot.autoconfigure;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Message;
import io.unicorn.worker.TestAgents;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.listeners.TriggerListenerSupport;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which jobs of Quartz a context runs in a worker that is the leader, and in one that is
 * not.
 */
class QuartzLeaderConfigurationTests {

	private final TestAgents master = new TestAgents();

	private final WebApplicationContextRunner anywhere = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UnicornAutoConfiguration.class))
		.withUserConfiguration(Jobs.class);

	private final WebApplicationContextRunner worker = this.anywhere
		.withInitializer((context) -> this.master.register(context));

	@AfterEach
	void close() {
		this.master.close();
	}

	private static void ready(ConfigurableApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0], context, null));
	}

	@Test
	void theLeaderRunsThem() {
		this.worker.run((runner) -> {
			ConfigurableApplicationContext context = runner.getSourceApplicationContext();
			Jobs jobs = context.getBean(Jobs.class);
			ready(context);
			awaitMore(jobs.fired);
			assertThat(jobs.runs).hasValue(0);
			this.master.send(new Message.Leader(true, true, Map.of()));
			awaitMore(jobs.runs);
			this.master.send(new Message.Leader(false));
			Awaitility.await()
				.until(() -> this.master.received().stream().anyMatch(Message.Resigned.class::isInstance));
			assertThat(this.master.received()).filteredOn(Message.Resigned.class::isInstance)
				.singleElement()
				.satisfies((resigned) -> assertThat(((Message.Resigned) resigned).handOver().keySet()).singleElement()
					.asString()
					.matches("unicorn\\.job\\.[0-9a-f]{1,16}"));
			int before = jobs.runs.get();
			awaitMore(jobs.fired);
			assertThat(jobs.runs).hasValue(before);
		});
	}

	@Test
	void whatARequestAddsRunsInItsWorker() {
		this.worker.run((runner) -> {
			ready(runner.getSourceApplicationContext());
			Scheduler scheduler = runner.getBean(Scheduler.class);
			scheduler.triggerJob(runner.getBean(JobDetail.class).getKey());
			Awaitility.await().until(() -> runner.getBean(Jobs.class).runs.get() == 1);
		});
	}

	@Test
	void allWorkersRunThemIfTheApplicationSaysSo() {
		this.worker.withPropertyValues("unicorn.scheduling=all")
			.run((context) -> awaitMore(context.getBean(Jobs.class).runs));
	}

	@Test
	void withoutAPoolTheyRun() {
		this.anywhere.run((context) -> awaitMore(context.getBean(Jobs.class).runs));
	}

	private static void awaitMore(AtomicInteger count) {
		int before = count.get();
		Awaitility.await().until(() -> count.get() >= before + 3);
	}

	@Configuration(proxyBeanMethods = false)
	static class Jobs {

		final AtomicInteger fired = new AtomicInteger();

		final AtomicInteger runs = new AtomicInteger();

		@Bean
		JobDetail job() {
			return JobBuilder.newJob(Counting.class).withIdentity("counting").storeDurably().build();
		}

		@Bean
		Trigger trigger(JobDetail job) {
			return TriggerBuilder.newTrigger()
				.forJob(job)
				.withIdentity("often")
				.withSchedule(SimpleScheduleBuilder.repeatSecondlyForever().withIntervalInMilliseconds(20))
				.build();
		}

		@Bean
		SchedulerFactoryBean quartz(JobDetail job, Trigger trigger) throws SchedulerException {
			SchedulerFactoryBean factory = new SchedulerFactoryBean();
			factory.setJobDetails(job);
			factory.setTriggers(trigger);
			factory.setSchedulerContextAsMap(Map.of("runs", this.runs));
			factory.setGlobalTriggerListeners(new TriggerListenerSupport() {

				@Override
				public String getName() {
					return "fired";
				}

				@Override
				public void triggerFired(Trigger fired, JobExecutionContext context) {
					Jobs.this.fired.incrementAndGet();
				}

			});
			return factory;
		}

	}

	static class Counting implements Job {

		@Override
		public void execute(JobExecutionContext context) {
			try {
				((AtomicInteger) context.getScheduler().getContext().get("runs")).incrementAndGet();
			}
			catch (SchedulerException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
