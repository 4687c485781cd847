package io.unicorn.sample.messaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that messages between workers are not lost when other workers end.
 */
@OneJdk
class MessagingIT {

	private static final int WORKERS = 3;

	private static final int AT_ONCE = 50;

	private static final Duration PAUSE = Duration.ofMillis(20);

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory = Path.of("");

	/** The last number that each worker has said to have published. */
	private final Map<Long, Long> published = new ConcurrentHashMap<>();

	/** What one worker has received. */
	private record Received(int gaps, Map<Long, Long> last) {

		static Map.Entry<Long, Received> parse(String text) {
			String[] parts = text.strip().split(" ", -1);
			Map<Long, Long> last = new HashMap<>();
			for (int index = 2; index < parts.length; index++) {
				String[] pair = parts[index].split("=", -1);
				last.put(Long.valueOf(pair[0]), Long.valueOf(pair[1]));
			}
			return Map.entry(Long.valueOf(parts[0]), new Received(Integer.parseInt(parts[1]), last));
		}

	}

	private RunningPool start() {
		return this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(AppJar.version("1").with(MessagesController.class).overwrite(this.directory.resolve("app.jar")))
			.args("--unicorn.workers=" + WORKERS));
	}

	/** Publishes, by any of the workers, until it is interrupted. */
	private Thread publishing(RunningPool pool) {
		Thread thread = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				try {
					publish(pool);
					// Leaves processors to the workers that boot.
					LockSupport.parkNanos(PAUSE.toNanos());
				}
				catch (IOException ex) {
					// The worker was killed; the numbers are not known to be published.
				}
			}
		});
		thread.start();
		return thread;
	}

	private void publish(RunningPool pool) throws IOException {
		String[] answer = pool.post("/numbers?n=" + AT_ONCE, new byte[0]).text().strip().split(" ", -1);
		this.published.merge(Long.valueOf(answer[0]), Long.valueOf(answer[1]), Math::max);
	}

	private static Set<Long> ids(JsonNode pool) {
		return WorkerView.ready(pool).stream().map(WorkerView::id).collect(Collectors.toSet());
	}

	private static Map<Long, Received> received(RunningPool pool, Set<Long> ids) {
		Map<Long, Received> received = new HashMap<>();
		Await.until(RunningPool.PATIENCE, () -> "answers of " + ids + ", not only " + received.keySet(), () -> {
			Map.Entry<Long, Received> one = Received.parse(numbers(pool));
			received.put(one.getKey(), one.getValue());
			return received.keySet().containsAll(ids);
		});
		return received;
	}

	private static String numbers(RunningPool pool) {
		try {
			return pool.get("/numbers").text();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** All that is known to be published has arrived, without a gap. */
	private void assertComplete(RunningPool pool, Set<Long> receivers, Set<Long> senders) {
		Await.until(RunningPool.PATIENCE, () -> "all of " + this.published + " in " + received(pool, receivers),
				() -> received(pool, receivers).entrySet()
					.stream()
					.filter((entry) -> receivers.contains(entry.getKey()))
					.allMatch((entry) -> senders.stream()
						.allMatch((sender) -> entry.getValue().last().getOrDefault(sender, 0L) >= this.published
							.getOrDefault(sender, 0L))));
		assertThat(received(pool, receivers)).allSatisfy((id, received) -> assertThat(received.gaps()).isZero());
	}

	@Test
	void workersThatLiveOnGetAllMessagesThroughACrashAndARollOut() throws Exception {
		RunningPool pool = start();
		JsonNode before = pool.awaitReady(WORKERS);
		Set<Long> first = ids(before);
		Thread publisher = publishing(pool);
		Await.until(RunningPool.PATIENCE, () -> "messages of all, not " + this.published,
				() -> this.published.keySet().containsAll(first));
		WorkerView victim = WorkerView.ready(before).get(0);
		pool.signal(victim.pid(), "KILL");
		pool.awaitPool("a successor of the killed worker",
				(view) -> ids(view).size() == WORKERS && !ids(view).contains(victim.id()), RunningPool.PATIENCE);
		publisher.interrupt();
		publisher.join();

		Set<Long> survivors = new HashSet<>(first);
		survivors.remove(victim.id());
		// Those of the killed worker too: they were in the kernel.
		assertComplete(pool, survivors, first);

		publisher = publishing(pool);
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		Set<Long> last = ids(pool.awaitReady(WORKERS));
		assertThat(last).doesNotContainAnyElementsOf(first);
		this.published.clear();
		Await.until(RunningPool.PATIENCE, () -> "messages of all new ones, not " + this.published,
				() -> this.published.keySet().containsAll(last));
		publisher.interrupt();
		publisher.join();
		assertComplete(pool, last, last);
		assertThat(pool.stop()).isZero();
		assertThat(pool.workDir().resolve("groups")).isEmptyDirectory();
	}

}
