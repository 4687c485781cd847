package io.unicorn.sample.detached;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.sample.testsupport.load.ClientThreads;
import io.unicorn.sample.testsupport.pool.RunningPool;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Repeats an exchange on some threads until it is closed. Counts each one once, and
 * repeats none that has failed.
 */
final class CountedLoad implements AutoCloseable {

	/** Leaves a small machine time to start workers. */
	private static final Duration PAUSE = Duration.ofMillis(5);

	private final AtomicInteger begun = new AtomicInteger();

	private final Map<String, Integer> answersOf = new ConcurrentHashMap<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean running = true;

	/** A client's exchanges, one after the other. */
	interface Client extends AutoCloseable {

		/** Send a request and return the id of the process that has answered. */
		String exchange() throws IOException;

		@Override
		void close();

	}

	CountedLoad(List<? extends Client> clients) {
		for (Client client : clients) {
			Thread thread = new Thread(() -> run(client), "load");
			this.threads.add(thread);
			thread.start();
		}
	}

	private void run(Client client) {
		try (client) {
			while (this.running) {
				this.begun.incrementAndGet();
				try {
					this.answersOf.merge(client.exchange(), 1, Integer::sum);
				}
				catch (IOException | RuntimeException ex) {
					this.failures.add(new IOException(Instant.now() + " " + ex, ex));
				}
				LockSupport.parkNanos(PAUSE.toNanos());
			}
		}
	}

	/** Stop, and assert that each exchange that was begun was answered. */
	CountedLoad assertFlawless() {
		close();
		assertThat(this.threads).noneMatch(Thread::isAlive);
		assertThat(this.failures).isEmpty();
		int answers = this.answersOf.values().stream().mapToInt(Integer::intValue).sum();
		assertThat(answers).isEqualTo(this.begun.get()).isPositive();
		return this;
	}

	/** The ids of the processes that have answered. */
	Set<String> pids() {
		return this.answersOf.keySet();
	}

	@Override
	public void close() {
		this.running = false;
		ClientThreads.join(this.threads, RunningPool.PATIENCE);
	}

	@Override
	public String toString() {
		return "%d exchanges, answers %s, failures %s".formatted(this.begun.get(), this.answersOf, this.failures);
	}

}
