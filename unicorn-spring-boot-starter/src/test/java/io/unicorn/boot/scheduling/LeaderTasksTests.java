package io.unicorn.boot.scheduling;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.unicorn.boot.EveryWorker;
import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import io.unicorn.boot.PoolWorker;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.ScheduledMethodRunnable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers of a pool with the same tasks, under one virtual clock.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class LeaderTasksTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00.300Z");

	private final VirtualScheduler scheduler = new VirtualScheduler(START);

	private final TestAgents master = new TestAgents();

	private final PoolWorker source = new PoolWorker(this.master.agent());

	private final List<String> runs = new ArrayList<>();

	private Duration duration = Duration.ZERO;

	@AfterEach
	void close() {
		this.master.close();
	}

	/** One worker, and how it registers its tasks. */
	private final class Worker {

		private final LeaderTasks tasks = new LeaderTasks(LeaderTasksTests.this.scheduler);

		private final String name;

		Worker(String name, Consumer<Worker> registration) {
			this.name = name;
			registration.accept(this);
		}

		TaskScheduler scheduler() {
			return new LeaderTaskScheduler(LeaderTasksTests.this.scheduler, this.tasks, (task) -> false);
		}

		Runnable task() {
			Instant start = START.minusMillis(300);
			return () -> {
				LeaderTasksTests.this.runs.add(this.name + " "
						+ Duration.between(start, LeaderTasksTests.this.scheduler.instant()).toMillis() / 1000.0);
				LeaderTasksTests.this.scheduler.take(LeaderTasksTests.this.duration);
			};
		}

		void grant(boolean first, Map<String, String> handOver) {
			this.tasks.onApplicationEvent(new LeadershipGrantedEvent(LeaderTasksTests.this.source, first, handOver));
		}

		Map<String, String> revoke() {
			LeadershipRevokedEvent event = new LeadershipRevokedEvent(LeaderTasksTests.this.source);
			this.tasks.onApplicationEvent(event);
			return event.handOver();
		}

	}

	private List<String> runs() {
		List<String> copy = List.copyOf(this.runs);
		this.runs.clear();
		return copy;
	}

	private static void everySecond(Worker worker) {
		worker.scheduler().schedule(worker.task(), new CronTrigger("* * * * * *", ZoneOffset.UTC));
	}

	@Test
	void onlyTheLeaderRunsATask() {
		Worker one = new Worker("1", LeaderTasksTests::everySecond);
		new Worker("2", LeaderTasksTests::everySecond);
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).isEmpty();
		one.grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).containsExactly("1 3.0", "1 4.0");
		one.revoke();
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).isEmpty();
	}

	@Test
	void theNextLeaderRunsWhatWasDueDuringTheHandOverOnceEach() {
		Worker one = new Worker("1", LeaderTasksTests::everySecond);
		Worker two = new Worker("2", LeaderTasksTests::everySecond);
		one.grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(1));
		Map<String, String> left = one.revoke();
		assertThat(runs()).containsExactly("1 1.0");
		this.scheduler.run(Duration.ofMillis(2500));
		two.grant(false, left);
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).containsExactly("2 3.8", "2 3.8", "2 4.0", "2 5.0");
	}

	@Test
	void afterACrashTheNextLeaderGoesOnWithTheNextRun() {
		Worker two = new Worker("2", (worker) -> {
			everySecond(worker);
			worker.scheduler().scheduleAtFixedRate(worker.task(), Duration.ofSeconds(10));
			worker.scheduler().scheduleWithFixedDelay(worker.task(), START.plusSeconds(1), Duration.ofSeconds(10));
			worker.scheduler().schedule(worker.task(), START.plusSeconds(1));
		});
		this.scheduler.run(Duration.ofMillis(9500));
		two.grant(false, Map.of());
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).containsExactly("2 10.0", "2 10.3", "2 11.0", "2 11.3");
	}

	@Test
	void aLaterLeaderDoesNotRepeatTheRunAtTheStart() {
		Timing.Rate rate = new Timing.Rate(START.plusSeconds(20), Duration.ofSeconds(10));
		assertThat(rate.begin(false, START)).isEqualTo(START.plusSeconds(30));
		assertThat(rate.begin(true, START)).isEqualTo(START.plusSeconds(20));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aFixedRateGoesOnInItsPhase(boolean late) {
		Consumer<Worker> rate = (worker) -> worker.scheduler()
			.scheduleAtFixedRate(worker.task(), Duration.ofSeconds(2));
		Worker one = new Worker("1", rate);
		this.scheduler.run(Duration.ofMillis(500));
		Worker two = new Worker("2", rate);
		one.grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(3));
		Map<String, String> left = one.revoke();
		assertThat(runs()).containsExactly("1 0.8", "1 2.8");
		this.scheduler.run(Duration.ofMillis(late ? 5000 : 0));
		two.grant(false, left);
		this.scheduler.run(Duration.ofSeconds(late ? 1 : 3));
		assertThat(runs()).isEqualTo(late ? List.of("2 8.8", "2 8.8", "2 8.8") : List.of("2 4.8", "2 6.8"));
	}

	@Test
	void aFixedDelayCountsFromTheEndOfTheLastRun() {
		this.duration = Duration.ofMillis(700);
		Consumer<Worker> delay = (worker) -> worker.scheduler()
			.scheduleWithFixedDelay(worker.task(), Duration.ofSeconds(2));
		Worker one = new Worker("1", delay);
		Worker two = new Worker("2", delay);
		one.grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(3));
		assertThat(runs()).containsExactly("1 0.3", "1 3.0");
		two.grant(false, one.revoke());
		this.scheduler.run(Duration.ofSeconds(3));
		assertThat(runs()).containsExactly("2 5.7");
	}

	@Test
	void aTaskThatIsDueOnceRunsOnceInThePool() {
		Consumer<Worker> once = (worker) -> worker.scheduler().schedule(worker.task(), START.plusSeconds(2));
		List<Worker> workers = List.of(new Worker("1", once), new Worker("2", once), new Worker("3", once));
		workers.get(0).grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(1));
		workers.get(1).grant(false, workers.get(0).revoke());
		this.scheduler.run(Duration.ofSeconds(4));
		assertThat(runs()).containsExactly("2 2.3");
		workers.get(2).grant(false, workers.get(1).revoke());
		this.scheduler.run(Duration.ofSeconds(4));
		assertThat(runs()).isEmpty();
	}

	@Test
	void anotherScheduleBeginsAnew() {
		Worker one = new Worker("1", LeaderTasksTests::everySecond);
		Worker two = new Worker("2",
				(worker) -> worker.scheduler().schedule(worker.task(), new CronTrigger("0 * * * * *", ZoneOffset.UTC)));
		one.grant(true, Map.of());
		two.grant(false, one.revoke());
		this.scheduler.run(Duration.ofSeconds(61));
		assertThat(runs()).containsExactly("2 60.0");
	}

	@Test
	void aLeaderResignsWhenItsRunHasEndedAndTheNextOneDoesNotRepeatIt() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Worker one = new Worker("1", (worker) -> worker.scheduler().scheduleAtFixedRate(() -> {
			begun.countDown();
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, Duration.ofSeconds(2)));
		one.grant(true, Map.of());
		CompletableFuture<Void> run = CompletableFuture.runAsync(() -> this.scheduler.run(Duration.ofSeconds(1)));
		begun.await();
		CompletableFuture<Map<String, String>> left = CompletableFuture.supplyAsync(one::revoke);
		assertThat(left.completeOnTimeout(Map.of(), 200, TimeUnit.MILLISECONDS).thenApply(Map::isEmpty).get()).isTrue();
		end.countDown();
		run.get();
		assertThat(one.revoke()).hasSize(1).containsValue(START.plusSeconds(2).toString());
	}

	@Test
	void aCancelledTaskDoesNotRun() {
		Map<String, Boolean> cancelled = new LinkedHashMap<>();
		Worker one = new Worker("1", (worker) -> {
			var future = worker.scheduler().scheduleAtFixedRate(worker.task(), Duration.ofSeconds(2));
			cancelled.put("before", future.cancel(false));
		});
		one.grant(true, Map.of());
		this.scheduler.run(Duration.ofSeconds(3));
		assertThat(runs()).isEmpty();
		assertThat(cancelled).containsEntry("before", true);
		assertThat(one.revoke()).isEmpty();
	}

	@Test
	void everyWorkerRunsWhatSaysSo() throws Exception {
		Local local = new Local(this.runs);
		new Worker("1", (worker) -> {
			TaskScheduler tasks = worker.scheduler();
			Instant at = START.plusSeconds(1);
			tasks.scheduleAtFixedRate(new FixedRateTask(new ScheduledMethodRunnable(local, method("refresh")),
					Duration.ZERO, Duration.ZERO)
				.getRunnable(), at, Duration.ofSeconds(10));
			tasks.scheduleAtFixedRate(
					new FixedRateTask(new ScheduledMethodRunnable(local, method("once")), Duration.ZERO, Duration.ZERO)
						.getRunnable(),
					at, Duration.ofSeconds(10));
			tasks.scheduleAtFixedRate(
					new FixedRateTask(new Everywhere(this.runs), Duration.ZERO, Duration.ZERO).getRunnable(), at,
					Duration.ofSeconds(10));
		});
		this.scheduler.run(Duration.ofSeconds(2));
		assertThat(runs()).containsExactly("refresh", "everywhere");
	}

	private static java.lang.reflect.Method method(String name) {
		try {
			return Local.class.getDeclaredMethod(name);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Local(List<String> runs) {

		@EveryWorker
		public void refresh() {
			this.runs.add("refresh");
		}

		public void once() {
			this.runs.add("once");
		}

	}

	@EveryWorker
	record Everywhere(List<String> runs) implements Runnable {

		@Override
		public void run() {
			this.runs.add("everywhere");
		}

	}

}
