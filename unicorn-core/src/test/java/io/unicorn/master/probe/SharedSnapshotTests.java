package io.unicorn.master.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

import io.unicorn.ipc.PoolSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class SharedSnapshotTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void end() {
		this.threads.shutdownNow();
	}

	@Test
	void thoseWhoAskTogetherShareAnAnswer() throws Exception {
		PoolSnapshot pool = Snapshots.pool("running", 3);
		BlockingQueue<Runnable> mainThread = new LinkedBlockingQueue<>();
		SharedSnapshot shared = new SharedSnapshot(mainThread::add, () -> pool);
		List<Future<PoolSnapshot>> answers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			answers.add(this.threads.submit(shared::get));
		}
		Runnable question = mainThread.take();
		assertThat(mainThread).isEmpty();
		question.run();
		for (Future<PoolSnapshot> answer : answers) {
			assertThat(answer.get()).isIn(pool, null);
		}
	}

	@Test
	void anAnswerIsUsedForAMomentOnly() {
		List<PoolSnapshot> made = new ArrayList<>();
		SharedSnapshot shared = new SharedSnapshot(Runnable::run, () -> {
			made.add(Snapshots.pool("running", made.size()));
			return made.get(made.size() - 1);
		});
		await().until(() -> shared.get().ready() == 1);
		assertThat(made).hasSize(2);
	}

	@Test
	void aDescriptionThatFailsIsReportedOnTheMainThreadAndMadeAgain() throws InterruptedException {
		List<Runnable> mainThread = new ArrayList<>();
		SharedSnapshot shared = new SharedSnapshot(mainThread::add, () -> {
			throw new IllegalStateException("broken");
		});
		assertThat(shared.get()).isNull();
		assertThatIllegalStateException().isThrownBy(mainThread.get(0)::run);
		assertThat(shared.get()).isNull();
		assertThat(mainThread).hasSize(2);
	}

}
