package io.unicorn.worker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class MainThreadTests {

	private static final StackTraceElement[] WAIT = { new StackTraceElement("java.lang.Object", "wait", null, -2),
			new StackTraceElement("t.App", "main", "App.java", 12) };

	private final List<Message.FromWorker> sent = new CopyOnWriteArrayList<>();

	private final AtomicBoolean ready = new AtomicBoolean(true);

	private final MainThread watch = new MainThread(Thread.currentThread(), this.ready::get, this.sent::add);

	private int looks(Thread.State state, StackTraceElement... stack) {
		int looks = 1;
		while (looks < 1000 && !this.watch.waitsForEver(state, stack)) {
			looks++;
		}
		return looks;
	}

	@Test
	void theEndOfTheMainMethodIsReported() {
		CountDownLatch end = new CountDownLatch(1);
		Thread main = new Thread(() -> {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		main.start();
		DaemonThread.start("watch", new MainThread(main, () -> true, this.sent::add));
		assertThat(this.sent).isEmpty();
		end.countDown();
		await().until(() -> !this.sent.isEmpty());
		assertThat(this.sent).containsExactly(new Message.MainMethod(""));
	}

	@Test
	void aWaitWithoutATimeLimitAtOnePlaceIsOneForEver() {
		assertThat(looks(Thread.State.WAITING, WAIT)).isEqualTo(MainThread.LOOKS + 1);
		assertThat(MainThread.place(WAIT)).isEqualTo("t.App.main(App.java:12)");
	}

	@Test
	void aThreadThatSleepsOrRunsIsAtWork() {
		assertThat(looks(Thread.State.TIMED_WAITING, WAIT)).isEqualTo(1000);
		assertThat(looks(Thread.State.RUNNABLE, WAIT)).isEqualTo(1000);
	}

	@Test
	void aThreadThatMovesIsAtWork() {
		for (int i = 0; i < 1000; i++) {
			StackTraceElement[] stack = { new StackTraceElement("t.App", "main", "App.java", i) };
			assertThat(this.watch.waitsForEver(Thread.State.WAITING, stack)).isFalse();
		}
	}

	@Test
	void aWaitDuringTheBootIsNotCounted() {
		this.ready.set(false);
		assertThat(looks(Thread.State.WAITING, WAIT)).isEqualTo(1000);
	}

}
