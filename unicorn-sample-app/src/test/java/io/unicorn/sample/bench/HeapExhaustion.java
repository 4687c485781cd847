package io.unicorn.sample.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.Await;
import io.unicorn.sample.Dialer;
import io.unicorn.sample.ExchangeException;
import io.unicorn.sample.HttpConnection;
import io.unicorn.sample.LoadClient;
import io.unicorn.sample.LoadRequest;
import io.unicorn.sample.PoolBuilder;
import io.unicorn.sample.Report;

/**
 * One request in ten thousand exhausts the heap, for good. What do the others get? Each
 * has a connection of its own, so that every error is a request that was in that process.
 */
final class HeapExhaustion implements Workload {

	private static final int CLIENTS = 8;

	private static final int EVERY = 10_000;

	private static final Duration LONGEST = Duration.ofSeconds(45);

	@Override
	public String name() {
		return "exhaustion";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		Outcome plain = exhaust(bench, bench.plain().jvmFlags("-Xmx128m"));
		Outcome pool = exhaust(bench, bench.warmPool().jvmFlags("-Xmx128m"));
		bench.measured(Bench.PLAIN, "wrong answers and lost requests", "%", List.of(plain.percent()));
		bench.measured("pool, 2 workers", "wrong answers and lost requests", "%", List.of(pool.percent()));
		bench.measured(Bench.PLAIN, "errors per exhausted heap", "requests", List.of(plain.perExhaustion()));
		bench.measured("pool, 2 workers", "errors per exhausted heap", "requests", List.of(pool.perExhaustion()));
		bench.judge("errors per exhausted heap, of %d requests at most in that worker".formatted(CLIENTS),
				Goal.atMost(CLIENTS, "requests"), List.of(pool.perExhaustion()));
		if (plain.answersInTheEnd()) {
			bench.remark("the plain process has survived");
		}
		if (!pool.answersInTheEnd()) {
			bench.remark("the pool does not answer any more");
		}
	}

	private static Outcome exhaust(Bench bench, PoolBuilder builder) throws IOException, InterruptedException {
		App app = bench.start(builder);
		long every = bench.settings().amount(EVERY);
		long end = System.nanoTime() + bench.settings().seconds((int) LONGEST.toSeconds()).toNanos();
		int exhausted = 0;
		try (LoadClient load = bench.closing(LoadClient.on(app.port())
			.connectionPerRequest(CLIENTS)
			.get("/hello")
			.pause(Duration.ofMillis(8))
			.timeout(Duration.ofSeconds(5))
			.start())) {
			for (long next = every / 2; next < 2 * every; next += every) {
				long wanted = next;
				if (Await.holds(Duration.ofNanos(end - System.nanoTime()), () -> load.answered() >= wanted)) {
					request(app.port(), "/exhaust");
					exhausted++;
				}
			}
			Await.holds(Duration.ofNanos(end - System.nanoTime()), () -> load.answered() >= 2 * every);
			Report report = load.stop();
			Outcome outcome = new Outcome(report.sent() + report.unconnected(),
					report.problems().values().stream().mapToLong(Long::longValue).sum(), exhausted,
					request(app.port(), "/hello"));
			bench.end(app);
			return outcome;
		}
	}

	private static boolean request(int port, String path) {
		try (HttpConnection connection = Dialer.to(port).waiting(Duration.ofSeconds(10)).dial()) {
			return connection.exchange(LoadRequest.get(path).onOwnConnection()).status() == 200;
		}
		catch (ExchangeException ex) {
			return false;
		}
	}

	private record Outcome(long requests, long errors, int exhausted, boolean answersInTheEnd) {

		double percent() {
			return 100.0 * this.errors / Math.max(1, this.requests);
		}

		double perExhaustion() {
			return (double) this.errors / Math.max(1, this.exhausted);
		}

	}

}
