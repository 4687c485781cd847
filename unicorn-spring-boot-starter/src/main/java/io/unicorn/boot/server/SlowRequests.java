package io.unicorn.boot.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.unicorn.worker.DaemonThread;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs requests that are older than a limit, each once, with the stack of the thread that
 * serves it. Thread-safe.
 */
public final class SlowRequests {

	/** The shortest time between two lines; in between, the oldest one is waited for. */
	static final Duration PAUSE = Duration.ofSeconds(5);

	private static final Log logger = LogFactory.getLog(SlowRequests.class);

	private static final int LONGEST_PATH = 500;

	/** May hold the id of a session. */
	private static final Pattern PATH_PARAMETERS = Pattern.compile(";[^/]*");

	/** A request that a thread serves. */
	public static final class Running {

		private final String method;

		private final String path;

		private final Thread thread = Thread.currentThread();

		private final long startedAt = System.nanoTime();

		private volatile boolean logged;

		Running(String method, String path) {
			this.method = method;
			this.path = path;
		}

	}

	private static final Duration MOST_OFTEN = Duration.ofMillis(100);

	private static final Duration LEAST_OFTEN = Duration.ofSeconds(1);

	private final Set<Running> running = ConcurrentHashMap.newKeySet();

	private final long limitNanos;

	/** Used by the checking thread alone. */
	private long nextLine = System.nanoTime();

	private final Duration interval;

	private @Nullable ScheduledExecutorService timer;

	/**
	 * Create.
	 * @param limit the age from which on a request is slow
	 */
	public SlowRequests(Duration limit) {
		this.limitNanos = limit.toNanos();
		Duration half = limit.dividedBy(2);
		Duration most = (half.compareTo(LEAST_OFTEN) < 0) ? half : LEAST_OFTEN;
		this.interval = (most.compareTo(MOST_OFTEN) > 0) ? most : MOST_OFTEN;
	}

	/** Begin to look for slow requests, on a thread of its own. */
	public void start() {
		ScheduledExecutorService started = Executors
			.newSingleThreadScheduledExecutor(DaemonThread.factory("unicorn-slow-request"));
		this.timer = started;
		var unused = started.scheduleWithFixedDelay(() -> check(System.nanoTime()), this.interval.toNanos(),
				this.interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	/** End what {@link #start} has begun. */
	public void stop() {
		ScheduledExecutorService started = this.timer;
		if (started != null) {
			started.shutdownNow();
		}
	}

	/** Note that this thread begins to serve a request. */
	public Running begin(String method, String path) {
		Running request = new Running(method, path);
		this.running.add(request);
		return request;
	}

	/** Note that this thread serves it no longer. */
	public void end(Running request) {
		this.running.remove(request);
	}

	/** Log the oldest request that is slow and was not logged; called by one thread. */
	void check(long now) {
		if (now - this.nextLine < 0) {
			return;
		}
		this.running.stream()
			.filter((request) -> !request.logged && now - request.startedAt >= this.limitNanos)
			.max(Comparator.comparingLong((request) -> now - request.startedAt))
			.ifPresent((request) -> log(request, now));
	}

	private void log(Running request, long now) {
		request.logged = true;
		StackTraceElement[] stack = request.thread.getStackTrace();
		if (!this.running.contains(request)) {
			// The thread may be at another request already.
			return;
		}
		this.nextLine = now + PAUSE.toNanos();
		StringBuilder text = new StringBuilder("Slow request, begun ")
			.append(TimeUnit.NANOSECONDS.toMillis(now - request.startedAt))
			.append(" ms ago: ")
			.append(request.method)
			.append(' ')
			.append(path(request.path))
			.append(", on thread ")
			.append(request.thread.getName());
		for (StackTraceElement element : stack) {
			text.append("\n\tat ").append(element);
		}
		logger.warn(text);
	}

	private static String path(String path) {
		String plain = PATH_PARAMETERS.matcher(path).replaceAll("");
		return (plain.length() <= LONGEST_PATH) ? plain : plain.substring(0, LONGEST_PATH) + "...";
	}

}
