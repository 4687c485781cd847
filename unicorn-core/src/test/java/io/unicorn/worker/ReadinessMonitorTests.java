package io.unicorn.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.Message;
import io.unicorn.worker.ReadinessCheck.Result;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadinessMonitorTests {

	private static final Result UP = new Result(true, "");

	private static final Result DOWN = new Result(false, "db is DOWN");

	/** Records when tasks are due, and runs none. */
	private static final class Schedule extends ScheduledThreadPoolExecutor {

		private final List<Long> pauses = new ArrayList<>();

		Schedule() {
			super(0);
		}

		@Override
		public @Nullable ScheduledFuture<?> schedule(Runnable task, long pause, TimeUnit unit) {
			this.pauses.add(unit.toMillis(pause));
			return null;
		}

	}

	private final Schedule schedule = new Schedule();

	private final Deque<Result> results = new ArrayDeque<>();

	private final List<Object> reported = new ArrayList<>();

	private boolean serving;

	private boolean warmingUp;

	private boolean leaving;

	@AfterEach
	void end() {
		this.schedule.shutdownNow();
	}

	private ReadinessMonitor monitor(ReadinessCheck check, Duration observed) {
		return new ReadinessMonitor(check, observed, this.reported::add, () -> {
			this.reported.add("serve");
			this.serving = !this.warmingUp;
		}, () -> this.serving, () -> this.leaving, this.schedule);
	}

	private ReadinessMonitor monitor(Duration observed, Result... results) {
		this.results.addAll(List.of(results));
		return monitor(this.results::remove, observed);
	}

	@Test
	void checksAreFrequentUntilTheFirstPassesAndThenLessFrequent() {
		ReadinessMonitor monitor = monitor(Duration.ofHours(1), DOWN, DOWN, UP, UP);
		for (int i = 0; i < 4; i++) {
			monitor.run();
		}
		assertThat(this.reported).containsExactly(new Message.Health(false, "db is DOWN"),
				new Message.Health(false, "db is DOWN"), new Message.Health(true, ""), "serve",
				new Message.Health(true, ""));
		assertThat(this.schedule.pauses).containsExactly(100L, 100L, 500L, 500L);
	}

	@Test
	void aFailureAfterTheFirstPassIsReported() {
		ReadinessMonitor monitor = monitor(Duration.ofHours(1), UP, DOWN, UP);
		monitor.run();
		monitor.run();
		monitor.run();
		assertThat(this.reported).containsExactly(new Message.Health(true, ""), "serve",
				new Message.Health(false, "db is DOWN"), new Message.Health(true, ""));
	}

	@Test
	void withoutObservationTheFirstResultOfAServingWorkerIsTheLast() {
		ReadinessMonitor monitor = monitor(Duration.ZERO, UP, UP);
		monitor.run();
		assertThat(this.schedule.pauses).containsExactly(500L);
		monitor.run();
		assertThat(this.reported).containsExactly(new Message.Health(true, ""), "serve", new Message.Health(true, ""));
		assertThat(this.schedule.pauses).containsExactly(500L);
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void checksContinueDuringTheWarmUpAndObservationBeginsWhenTheWorkerServes() {
		this.warmingUp = true;
		ReadinessMonitor monitor = monitor(Duration.ZERO, UP, UP, DOWN, UP);
		monitor.run();
		monitor.run();
		monitor.run();
		assertThat(this.reported).containsExactly(new Message.Health(true, ""), "serve", new Message.Health(true, ""),
				new Message.Health(false, "db is DOWN"));
		assertThat(this.schedule.isShutdown()).isFalse();
		this.serving = true;
		monitor.run();
		assertThat(this.reported).endsWith(new Message.Health(true, ""));
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void aWorkerThatIsLeavingIsNotChecked() {
		this.leaving = true;
		monitor(Duration.ZERO, UP).run();
		assertThat(this.reported).isEmpty();
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void aCheckThatThrowsHasFailed() {
		monitor(() -> {
			throw new IllegalStateException("no connection");
		}, Duration.ZERO).run();
		assertThat(this.reported).containsExactly(new Message.Health(false,
				"its readiness check failed: java.lang.IllegalStateException: no connection"));
		assertThat(this.schedule.pauses).containsExactly(100L);
	}

	@Test
	void aCheckThatLacksAClassHasFailed() {
		monitor(() -> {
			throw new NoClassDefFoundError("com/acme/Database");
		}, Duration.ZERO).run();
		assertThat(this.reported).singleElement().asString().contains("com/acme/Database");
		assertThat(this.schedule.pauses).containsExactly(100L);
	}

	@Test
	void aLongDetailIsCut() {
		monitor(Duration.ZERO, new Result(false, "x".repeat(501))).run();
		assertThat(this.reported).containsExactly(new Message.Health(false, "x".repeat(500) + "…"));
	}

}
