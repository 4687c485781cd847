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

class ProbationTests {

	private static final Result UP = new Result(true, "");

	private static final Result DOWN = new Result(false, "db is DOWN");

	/** Keeps what is scheduled instead of doing it. */
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

	private final Deque<Result> answers = new ArrayDeque<>();

	private final List<Object> said = new ArrayList<>();

	private boolean serves;

	private boolean warmsUp;

	private boolean goesOn = true;

	@AfterEach
	void end() {
		this.schedule.shutdownNow();
	}

	private Probation probation(ReadinessCheck check, Duration observed) {
		return new Probation(check, observed, this.said::add, () -> {
			this.said.add("serve");
			this.serves = !this.warmsUp;
		}, () -> this.serves, () -> this.goesOn, this.schedule);
	}

	private Probation probation(Duration observed, Result... answers) {
		this.answers.addAll(List.of(answers));
		return probation(this.answers::remove, observed);
	}

	@Test
	void itAsksOftenUntilTheFirstYesAndThenLessOften() {
		Probation probation = probation(Duration.ofHours(1), DOWN, DOWN, UP, UP);
		for (int i = 0; i < 4; i++) {
			probation.run();
		}
		assertThat(this.said).containsExactly(new Message.Health(false, "db is DOWN"),
				new Message.Health(false, "db is DOWN"), new Message.Health(true, ""), "serve",
				new Message.Health(true, ""));
		assertThat(this.schedule.pauses).containsExactly(100L, 100L, 500L, 500L);
	}

	@Test
	void aNoAfterTheFirstYesIsTold() {
		Probation probation = probation(Duration.ofHours(1), UP, DOWN, UP);
		probation.run();
		probation.run();
		probation.run();
		assertThat(this.said).containsExactly(new Message.Health(true, ""), "serve",
				new Message.Health(false, "db is DOWN"), new Message.Health(true, ""));
	}

	@Test
	void withoutObservationTheFirstAnswerOfAWorkerThatServesIsTheLast() {
		Probation probation = probation(Duration.ZERO, UP, UP);
		probation.run();
		assertThat(this.schedule.pauses).containsExactly(500L);
		probation.run();
		assertThat(this.said).containsExactly(new Message.Health(true, ""), "serve", new Message.Health(true, ""));
		assertThat(this.schedule.pauses).containsExactly(500L);
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void aWorkerThatWarmsUpIsAskedOnAndOnAndObservedFromWhenItServes() {
		this.warmsUp = true;
		Probation probation = probation(Duration.ZERO, UP, UP, DOWN, UP);
		probation.run();
		probation.run();
		probation.run();
		assertThat(this.said).containsExactly(new Message.Health(true, ""), "serve", new Message.Health(true, ""),
				new Message.Health(false, "db is DOWN"));
		assertThat(this.schedule.isShutdown()).isFalse();
		this.serves = true;
		probation.run();
		assertThat(this.said).endsWith(new Message.Health(true, ""));
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void aWorkerThatLeavesIsNotAsked() {
		this.goesOn = false;
		probation(Duration.ZERO, UP).run();
		assertThat(this.said).isEmpty();
		assertThat(this.schedule.isShutdown()).isTrue();
	}

	@Test
	void aCheckThatThrowsIsANo() {
		probation(() -> {
			throw new IllegalStateException("no connection");
		}, Duration.ZERO).run();
		assertThat(this.said).containsExactly(new Message.Health(false,
				"its readiness check failed: java.lang.IllegalStateException: no connection"));
		assertThat(this.schedule.pauses).containsExactly(100L);
	}

	@Test
	void aCheckWhoseClassesAreMissingIsANo() {
		probation(() -> {
			throw new NoClassDefFoundError("com/acme/Database");
		}, Duration.ZERO).run();
		assertThat(this.said).singleElement().asString().contains("com/acme/Database");
		assertThat(this.schedule.pauses).containsExactly(100L);
	}

	@Test
	void aLongDetailIsCut() {
		probation(Duration.ZERO, new Result(false, "x".repeat(501))).run();
		assertThat(this.said).containsExactly(new Message.Health(false, "x".repeat(500) + "…"));
	}

}
