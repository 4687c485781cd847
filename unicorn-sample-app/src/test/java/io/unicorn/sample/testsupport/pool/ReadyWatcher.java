package io.unicorn.sample.testsupport.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Polls the workers of a pool on its own connection and records the extremes. It may miss
 * states shorter than the {@link #longestGap()} between two polls.
 */
public final class ReadyWatcher implements AutoCloseable {

	static final String PATH = "/actuator/unicorn";

	private static final long INTERVAL_MILLIS = 50;

	private static final int MOST_FAILURES = 50;

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final LoadRequest request = LoadRequest.get(PATH);

	private final Dialer dialer;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final CountDownLatch looked = new CountDownLatch(1);

	private final Thread thread = new Thread(this::run, "ready watcher");

	private final long startNanos = System.nanoTime();

	private final List<Observation> changes = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	private int looks;

	private int minReady = Integer.MAX_VALUE;

	private int maxLive;

	private long lastNanos;

	private long longestGapNanos;

	private @Nullable HttpConnection connection;

	private ReadyWatcher(Dialer dialer) {
		this.dialer = dialer;
		this.thread.setDaemon(true);
	}

	/**
	 * Begin to watch, and look once.
	 * @param port the application's port
	 * @return the watcher
	 */
	public static ReadyWatcher start(int port) {
		return start(Dialer.to(port));
	}

	/**
	 * Begin to watch, and look once.
	 * @param dialer connects to the application
	 * @return the watcher
	 */
	public static ReadyWatcher start(Dialer dialer) {
		ReadyWatcher watcher = new ReadyWatcher(dialer.waiting(TIMEOUT));
		watcher.thread.start();
		try {
			watcher.looked.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return watcher;
	}

	/**
	 * The fewest workers that were ready at one time.
	 * @return the number of workers
	 */
	public synchronized int minReady() {
		if (this.looks == 0) {
			throw new AssertionError("The pool has never been seen: " + this.failures);
		}
		return this.minReady;
	}

	/**
	 * The most workers that were there at one time, in any state but {@code EXITED}.
	 * @return the number of workers
	 */
	public synchronized int maxLive() {
		return this.maxLive;
	}

	/**
	 * How often the pool was seen.
	 * @return the number of answers
	 */
	public synchronized int looks() {
		return this.looks;
	}

	/**
	 * The longest time between two answers.
	 * @return the time
	 */
	synchronized Duration longestGap() {
		return Duration.ofNanos(this.longestGapNanos);
	}

	/**
	 * The failures of polls that got no answer.
	 * @return one line for each of the first 50
	 */
	public synchronized List<String> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * The observations, without repetitions.
	 * @return the observations that differ from the one before
	 */
	synchronized List<Observation> changes() {
		return List.copyOf(this.changes);
	}

	private void run() {
		try {
			do {
				look();
				this.looked.countDown();
			}
			while (!this.stop.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			disconnect();
		}
	}

	private void look() {
		try {
			HttpConnection current = this.connection;
			if (current == null) {
				current = this.dialer.dial();
				this.connection = current;
			}
			Response response = current.exchange(this.request.onKeepAlive());
			if (response.isLast()) {
				disconnect();
			}
			if (response.status() != 200) {
				throw new IOException("answered with " + response);
			}
			saw(JSON.readTree(response.body()));
		}
		catch (IOException | JacksonException ex) {
			disconnect();
			failed(ex);
		}
	}

	private synchronized void saw(JsonNode pool) {
		long now = System.nanoTime();
		int live = 0;
		for (JsonNode worker : pool.path("workers")) {
			live += worker.path("state").asString("").equals("EXITED") ? 0 : 1;
		}
		Observation seen = new Observation(Duration.ofNanos(now - this.startNanos), pool.path("target").asInt(-1),
				pool.path("ready").asInt(-1), live);
		this.minReady = Math.min(this.minReady, seen.ready);
		this.maxLive = Math.max(this.maxLive, live);
		if (this.looks++ > 0) {
			this.longestGapNanos = Math.max(this.longestGapNanos, now - this.lastNanos);
		}
		this.lastNanos = now;
		if (this.changes.isEmpty() || !this.changes.get(this.changes.size() - 1).sameNumbersAs(seen)) {
			this.changes.add(seen);
		}
	}

	private synchronized void failed(Exception ex) {
		if (this.failures.size() < MOST_FAILURES) {
			this.failures.add("at %d ms: %s"
				.formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.startNanos), ex.getMessage()));
		}
	}

	private void disconnect() {
		HttpConnection current = this.connection;
		this.connection = null;
		if (current != null) {
			current.close();
		}
	}

	@Override
	public void close() {
		this.stop.countDown();
		try {
			this.thread.join(TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public synchronized String toString() {
		return "seen %d times, longest gap %d ms, ready at least %d, live at most %d, changes %s, failures %s"
			.formatted(this.looks, longestGap().toMillis(), this.minReady, this.maxLive, this.changes, this.failures);
	}

	/**
	 * How many workers there were at one time.
	 *
	 * @param at when, since the watcher was started
	 * @param target how many there should have been
	 * @param ready how many were ready
	 * @param live how many there were
	 */
	record Observation(Duration at, int target, int ready, int live) {

		boolean sameNumbersAs(Observation other) {
			return this.target == other.target && this.ready == other.ready && this.live == other.live;
		}

		@Override
		public String toString() {
			return "%d ms: %d/%d ready, %d live".formatted(this.at.toMillis(), this.ready, this.target, this.live);
		}

	}

}
