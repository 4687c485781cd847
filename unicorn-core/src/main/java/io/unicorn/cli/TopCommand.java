package io.unicorn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.ExitInfo;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * Shows the pool again and again until it is interrupted or the pool has ended: the whole
 * screen on a terminal, one line each time elsewhere.
 */
final class TopCommand {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** The cursor goes to the first column of the first line. */
	private static final String HOME = "\u001B[H";

	private static final String CLEAR_REST_OF_LINE = "\u001B[K";

	private static final String CLEAR_REST_OF_SCREEN = "\u001B[J";

	private static final int LATEST_EXITS = 3;

	private static final long MEBIBYTE = 1024 * 1024;

	private final PoolClient pool;

	private final PrintStream out;

	private final boolean terminal;

	private final LongSupplier nanos;

	/** The requests of each worker, by its id, when the pool was shown last. */
	private Map<Long, Long> requests = Map.of();

	private long shownAt;

	/**
	 * Create.
	 * @param terminal whether the output is a terminal
	 * @param nanos a clock like {@link System#nanoTime()}
	 */
	TopCommand(PoolClient pool, PrintStream out, boolean terminal, LongSupplier nanos) {
		this.pool = pool;
		this.out = out;
		this.terminal = terminal;
		this.nanos = nanos;
	}

	/**
	 * Run the command.
	 * @param description the name of the pool
	 * @param times how often to show the pool, 0 for no end
	 * @throws CommandFailedException if the master has ended or does not reply
	 */
	void run(String description, int times) throws CommandFailedException {
		if (this.terminal) {
			this.out.print(HOME + CLEAR_REST_OF_SCREEN);
		}
		for (int shown = 1; times == 0 || shown <= times; shown++) {
			PoolSnapshot snapshot = this.pool.pool();
			show(description, snapshot, this.nanos.getAsLong());
			this.out.flush();
			if (shown != times) {
				LockSupport.parkNanos(INTERVAL.toNanos());
			}
		}
	}

	private void show(String description, PoolSnapshot snapshot, long now) {
		Map<Long, Double> rates = rates(snapshot, now);
		if (this.terminal) {
			List<String> lines = screen(description, snapshot, rates);
			this.out.print(HOME);
			lines.forEach((line) -> this.out.print(line + CLEAR_REST_OF_LINE + "\n"));
			this.out.print(CLEAR_REST_OF_SCREEN);
		}
		else {
			this.out.println(line(snapshot, rates));
		}
	}

	/** Return the requests per second of each worker since it was shown last. */
	private Map<Long, Double> rates(PoolSnapshot snapshot, long now) {
		Map<Long, Double> rates = new HashMap<>();
		Map<Long, Long> counts = new HashMap<>();
		double seconds = (now - this.shownAt) / 1e9;
		for (WorkerInfo worker : snapshot.workers()) {
			Long before = this.requests.get(worker.id());
			counts.put(worker.id(), worker.requests());
			rates.put(worker.id(), (before != null) ? (worker.requests() - before) / seconds : 0.0);
		}
		this.requests = counts;
		this.shownAt = now;
		return rates;
	}

	/** Return the pool in one line, of which each number has its name. */
	private static String line(PoolSnapshot snapshot, Map<Long, Double> rates) {
		return String.format(Locale.ROOT, "%s ready=%d target=%d requests/s=%.0f in-flight=%d waiting=%d exits=%d",
				PlainText.of(snapshot.master().state()), snapshot.ready(), snapshot.target(), total(rates),
				snapshot.workers().stream().mapToInt(WorkerInfo::inFlight).sum(),
				snapshot.listeners().stream().mapToInt((listener) -> Math.max(0, listener.waiting())).sum(),
				snapshot.exits().values().stream().mapToLong(Long::longValue).sum());
	}

	private static double total(Map<Long, Double> rates) {
		return rates.values().stream().mapToDouble(Double::doubleValue).sum();
	}

	private static List<String> screen(String description, PoolSnapshot snapshot, Map<Long, Double> rates) {
		Instant now = Instant.now();
		List<String> lines = new ArrayList<>(StatusCommand.head(description, snapshot, now));
		lines.add(String.format(Locale.ROOT, "%.0f requests/s", total(rates)));
		for (ListenerInfo listener : snapshot.listeners()) {
			lines.add(PlainText.of("%s %s: %s of %d waiting".formatted(listener.name(), listener.address(),
					(listener.waiting() < 0) ? "?" : String.valueOf(listener.waiting()), listener.backlog())));
		}
		lines.add("");
		lines.add(row("worker", "pid", "gen", "state", "req/s", "flight", "oldest", "conns", "heap", "rss", "cpu",
				"threads", "age"));
		for (WorkerInfo worker : snapshot.workers()) {
			lines.add(row(worker.index() + (worker.leader() ? " *" : ""), worker.pid(), worker.generation(),
					PlainText.of(worker.state()),
					String.format(Locale.ROOT, "%.0f", rates.getOrDefault(worker.id(), 0.0)), worker.inFlight(),
					worker.oldestRequestMillis() + " ms", worker.connections(), worker.heapUsedBytes() / MEBIBYTE + "M",
					worker.rssBytes() / MEBIBYTE + "M", String.format(Locale.ROOT, "%.0f%%", worker.cpuPercent()),
					worker.threads(), StatusCommand.age(worker.startedAt(), now)));
		}
		lines.add("");
		snapshot.lastExits().stream().limit(LATEST_EXITS).forEach((exit) -> lines.add(describe(exit, now)));
		return lines;
	}

	private static String describe(ExitInfo exit, Instant now) {
		return PlainText.of("%s ago: worker (pid %d) exited: %s, %s".formatted(StatusCommand.age(exit.at(), now),
				exit.pid(), exit.reason(), exit.detail()));
	}

	private static String row(Object... cells) {
		return String.format(Locale.ROOT, "%-7s %8s %4s %-9s %7s %6s %9s %6s %7s %7s %5s %7s  %s", cells);
	}

}
