package io.unicorn.master.event;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ResidentThreadTests {

	private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

	private final ResidentThread thread = new ResidentThread("test", (what, fault) -> {
		this.faults.add(fault);
		throw new OutOfMemoryError("no memory to say so");
	}, Duration.ofMillis(1));

	@Test
	void aTaskThatThrowsIsRunAgainUntilItIsOver() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		this.thread.begin(() -> {
			switch (runs.incrementAndGet()) {
				case 1 -> throw new IOException("poll failed");
				case 2 -> throw new OutOfMemoryError("Java heap space");
				case 3 -> throw new StackOverflowError();
				case 4 -> throw new NoClassDefFoundError("gone");
				case 5 -> throw new IllegalStateException("bug");
				default -> {
					// It is over.
				}
			}
		});
		this.thread.awaitEnd();
		assertThat(runs).hasValue(6);
		assertThat(this.faults).hasSize(5);
	}

	@Test
	void tasksFollowEachOtherOnOneThread() throws InterruptedException {
		Queue<Thread> threads = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 3; i++) {
			this.thread.begin(() -> threads.add(Thread.currentThread()));
			this.thread.awaitEnd();
		}
		assertThat(threads).hasSize(3).containsOnly(threads.element());
	}

}
