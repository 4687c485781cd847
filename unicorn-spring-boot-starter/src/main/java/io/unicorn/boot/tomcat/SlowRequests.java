package io.unicorn.boot.tomcat;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs requests that are older than a limit, each once, with the stack of the thread that
 * serves it. Thread-safe.
 */
final class SlowRequests {

	/** The shortest time between two lines; in between, the oldest one is waited for. */
	static final Duration PAUSE = Duration.ofSeconds(5);

	private static final Log logger = LogFactory.getLog(SlowRequests.class);

	private static final int LONGEST_PATH = 500;

	/** May hold the id of a session. */
	private static final Pattern PATH_PARAMETERS = Pattern.compile(";[^/]*");

	/** A request that a thread serves. */
	static final class Running {

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

	private final Set<Running> running = ConcurrentHashMap.newKeySet();

	private final long limitNanos;

	/** Used by the checking thread alone. */
	private long nextLine = System.nanoTime();

	SlowRequests(Duration limit) {
		this.limitNanos = limit.toNanos();
	}

	/** Note that this thread begins to serve a request. */
	Running begin(String method, String path) {
		Running request = new Running(method, path);
		this.running.add(request);
		return request;
	}

	/** Note that this thread serves it no longer. */
	void end(Running request) {
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
