package io.unicorn.boot.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.TestAgents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class PoolViewTests {

	private final TestAgents master = new TestAgents();

	private final PoolView view = new PoolView(this.master.agent());

	private final ExecutorService clients = Executors.newFixedThreadPool(100);

	@AfterEach
	void close() {
		this.clients.shutdownNow();
		this.master.close();
	}

	private static PoolSnapshot pool(int ready) {
		PoolSnapshot.RolloutInfo rollout = new PoolSnapshot.RolloutInfo(1, 1, 2, "app.jar", "SIGHUP", "rolled-back",
				Instant.EPOCH, Instant.EPOCH, "bad", List.of(new PoolSnapshot.StepInfo(Instant.EPOCH, "a step")),
				List.of("a line"));
		return new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 2, "running"), 2, ready, List.of(),
				Map.of(), List.of(rollout, rollout));
	}

	private List<@Nullable Object> atOnce(int requests, Callable<@Nullable Object> request) throws Exception {
		List<Future<@Nullable Object>> answers = new ArrayList<>();
		for (int i = 0; i < requests; i++) {
			answers.add(this.clients.submit(request));
		}
		List<@Nullable Object> results = new ArrayList<>();
		for (Future<@Nullable Object> answer : answers) {
			results.add(answer.get());
		}
		return results;
	}

	private long queries() {
		return this.master.received().stream().filter(Message.Question.class::isInstance).count();
	}

	@Test
	void aFloodOfRequestsIsAFewQueriesForSummaries() throws Exception {
		this.master.pool(pool(2));
		long start = System.nanoTime();
		for (int i = 0; i < 20; i++) {
			assertThat(atOnce(500, this.view::summary)).doesNotContainNull();
		}
		long halfSeconds = 1 + (System.nanoTime() - start) / 500_000_000;
		assertThat(queries()).isLessThanOrEqualTo(halfSeconds);
		assertThat(this.master.received()).contains(new Message.PoolQuery(1, false));
	}

	@Test
	void theSummaryHasOneRollOutWithoutItsOutputWhateverTheMasterSends() {
		this.master.pool(pool(2));
		assertThat(this.view.summary()).isEqualTo(pool(2).summary());
		assertThat(pool(2).summary().rollouts()).singleElement().satisfies((rollout) -> {
			assertThat(rollout.reason()).isEqualTo("bad");
			assertThat(rollout.steps()).isEmpty();
			assertThat(rollout.log()).isEmpty();
		});
	}

	@Test
	void aDocumentIsNeverOlderThanItsRequest() {
		for (int i = 0; i < 5; i++) {
			this.master.pool(pool(i));
			PoolSnapshot snapshot = this.view.now();
			assertThat(snapshot).isEqualTo(pool(i));
		}
	}

	@Test
	void thoseWhoAskForADocumentMeanwhileShareOne() throws Exception {
		this.master.pool(pool(2));
		assertThat(atOnce(1000, this.view::now)).doesNotContainNull();
		assertThat(queries()).isLessThan(20);
	}

	@Test
	void rollOutsThatAreRequestedAtOnceAreOne() throws Exception {
		this.master.pool(pool(2));
		assertThat(atOnce(1000, this.view::rollOut)).doesNotContainNull();
		assertThat(queries()).isLessThan(20);
	}

	@Test
	void theMetersOfAScrapeWaitOnceForAMasterThatDoesNotAnswer() {
		AtomicInteger asked = new AtomicInteger();
		SharedQuery<String> query = new SharedQuery<>(() -> {
			asked.incrementAndGet();
			Thread.sleep(600);
			return null;
		}, java.time.Duration.ofMillis(500));
		for (int i = 0; i < 3; i++) {
			assertThat(query.answer()).isNull();
		}
		assertThat(asked).hasValue(1);
	}

	@Test
	void requestsForWhichTheMasterHasNoAnswerDoNotQueueUp() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		SharedQuery<String> query = new SharedQuery<>(() -> {
			asked.incrementAndGet();
			Thread.sleep(300);
			return null;
		}, java.time.Duration.ZERO);
		long start = System.nanoTime();
		assertThat(atOnce(100, query::answer)).containsOnlyNulls();
		assertThat(asked).hasValueLessThanOrEqualTo(3);
		assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
	}

}
