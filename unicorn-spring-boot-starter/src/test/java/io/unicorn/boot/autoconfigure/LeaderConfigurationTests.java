package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.unicorn.boot.EveryWorker;
import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import io.unicorn.boot.WorkerReadyEvent;
import io.unicorn.ipc.Message;
import io.unicorn.worker.TestAgents;
import net.javacrumbs.shedlock.core.LockProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which tasks of a context run in a worker that is the leader, and in one that is not.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class LeaderConfigurationTests {

	private static final List<String> OF_THE_LEADER = List.of("method", "reactive", "configured", "at once");

	private static final List<String> OF_EVERY_WORKER = List.of("every worker", "reactive in every worker", "direct");

	private final TestAgents master = new TestAgents();

	private final WebApplicationContextRunner anywhere = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UnicornAutoConfiguration.class))
		.withUserConfiguration(Tasks.class);

	private final WebApplicationContextRunner worker = this.anywhere
		.withInitializer((context) -> this.master.register(context));

	@AfterEach
	void close() {
		this.master.close();
	}

	private static void ready(ApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
				(ConfigurableApplicationContext) context, null));
	}

	@Test
	void theLeaderRunsTheTasksOfTheSchedule() {
		this.worker.run((runner) -> {
			ConfigurableApplicationContext context = runner.getSourceApplicationContext();
			Tasks tasks = context.getBean(Tasks.class);
			ready(context);
			tasks.awaitRuns(OF_EVERY_WORKER);
			assertThat(tasks.runs).doesNotContainKeys(OF_THE_LEADER.toArray(String[]::new));

			this.master.send(new Message.Leader(true, true, Map.of("mine", "text")));
			tasks.awaitRuns(OF_THE_LEADER);
			assertThat(context.getBean(ScheduledTaskHolder.class).getScheduledTasks()).hasSize(5);

			this.master.send(new Message.Leader(false));
			Awaitility.await()
				.until(() -> this.master.received().stream().anyMatch(Message.Resigned.class::isInstance));
			Message.Resigned resigned = this.master.received()
				.stream()
				.filter(Message.Resigned.class::isInstance)
				.map(Message.Resigned.class::cast)
				.findFirst()
				.orElseThrow();
			assertThat(resigned.handOver()).hasSize(OF_THE_LEADER.size() + 1).containsEntry("mine", "more text");
			assertThat(resigned.handOver().keySet()).filteredOn((key) -> !key.equals("mine"))
				.allMatch((key) -> key.matches("unicorn\\.task\\.[0-9a-f]{1,16}"));
			Map<String, Integer> before = Map.copyOf(tasks.runs);
			tasks.awaitRuns(OF_EVERY_WORKER);
			OF_THE_LEADER.forEach((task) -> assertThat(tasks.runs).containsEntry(task, before.get(task)));
			assertThat(tasks.events).containsExactly("ready", "granted true text", "revoked");
		});
	}

	@Test
	void allWorkersRunThemIfTheApplicationSaysSo() {
		this.worker.withPropertyValues("unicorn.scheduling=all")
			.run((context) -> context.getBean(Tasks.class).awaitRuns(OF_THE_LEADER));
	}

	@Test
	void allWorkersRunThemIfShedLockDecides() {
		this.worker.withBean(LockProvider.class, () -> new LockProvider() {
		}).run((context) -> context.getBean(Tasks.class).awaitRuns(OF_THE_LEADER));
	}

	@Test
	void withoutAPoolTheyRun() {
		this.anywhere.run((context) -> {
			ready(context.getSourceApplicationContext());
			context.getBean(Tasks.class).awaitRuns(OF_THE_LEADER);
			context.getBean(Tasks.class).awaitRuns(OF_EVERY_WORKER);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Tasks implements SchedulingConfigurer {

		final Map<String, Integer> runs = new ConcurrentHashMap<>();

		final List<String> events = new CopyOnWriteArrayList<>();

		private void ran(String task) {
			this.runs.merge(task, 1, Integer::sum);
		}

		/** Wait until each of these tasks has run three times more. */
		void awaitRuns(List<String> tasks) {
			Map<String, Integer> before = Map.copyOf(this.runs);
			tasks.forEach((task) -> Awaitility.await(task)
				.until(() -> this.runs.getOrDefault(task, 0) >= before.getOrDefault(task, 0) + 3));
		}

		@Bean
		ThreadPoolTaskScheduler libraryScheduler() {
			return new ThreadPoolTaskScheduler();
		}

		@Scheduled(fixedRate = 10)
		void method() {
			ran("method");
		}

		@EveryWorker
		@Scheduled(fixedRate = 10)
		void everyWorker() {
			ran("every worker");
		}

		@Scheduled(fixedRate = 10)
		Mono<Void> reactive() {
			return Mono.fromRunnable(() -> ran("reactive"));
		}

		@EveryWorker
		@Scheduled(fixedRate = 10)
		Mono<Void> reactiveEverywhere() {
			return Mono.fromRunnable(() -> ran("reactive in every worker"));
		}

		@Override
		public void configureTasks(ScheduledTaskRegistrar registrar) {
			registrar
				.scheduleFixedRateTask(new FixedRateTask(() -> ran("at once"), Duration.ofMillis(10), Duration.ZERO));
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.initialize();
			registrar.setTaskScheduler(scheduler);
			registrar.addFixedRateTask(() -> ran("configured"), Duration.ofMillis(10));
		}

		@EventListener
		void on(WorkerReadyEvent event) {
			this.events.add("ready");
		}

		@EventListener
		void on(LeadershipGrantedEvent event) {
			this.events.add("granted " + event.isFirst() + " " + event.handOver().get("mine"));
		}

		@EventListener
		void on(LeadershipRevokedEvent event) {
			event.handOver("mine", "more text");
			this.events.add("revoked");
		}

		@EventListener
		void begin(ApplicationReadyEvent event) {
			event.getApplicationContext()
				.getBean(ThreadPoolTaskScheduler.class)
				.scheduleAtFixedRate(() -> ran("direct"), Instant.now(), Duration.ofMillis(10));
		}

	}

}
