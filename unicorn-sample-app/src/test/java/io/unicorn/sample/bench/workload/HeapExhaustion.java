package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;

/**
 * Measures the errors of all other requests when one request in ten thousand exhausts the
 * heap for good. Each request has its own connection, so that every error belongs to a
 * request in that process.
 */
public final class HeapExhaustion implements Workload {

	private static final int CLIENTS = 8;

	private static final int EVERY = 10_000;

	private static final int LONGEST_SECONDS = 45;

	@Override
	public String name() {
		return "exhaustion";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		Outcome plain = exhaust(bench, bench.plain().jvmFlags("-Xmx128m"));
		Outcome pool = exhaust(bench, bench.untrainedPool().jvmFlags("-Xmx128m"));
		measured(bench, Bench.PLAIN, plain);
		measured(bench, "pool, 2 workers", pool);
		bench.judge("errors per exhausted heap, of %d requests at most in that worker".formatted(CLIENTS),
				Goal.atMost(CLIENTS, "requests"), List.of(pool.perExhaustion()));
	}

	private static void measured(Bench bench, String subject, Outcome outcome) {
		bench.measured(subject, "answers per second after a heap was exhausted, of those before", "%",
				List.of(outcome.percentAfter()));
		bench.measured(subject, "errors per exhausted heap", "requests", List.of(outcome.perExhaustion()));
		bench.remark("%s, %d requests, errors by kind: %s".formatted(subject, outcome.report().sent(),
				outcome.report().problems()));
	}

	private static Outcome exhaust(Bench bench, PoolBuilder builder) throws IOException, InterruptedException {
		App app = bench.start(builder);
		long every = bench.settings().amount(EVERY);
		long start = System.nanoTime();
		long end = start + bench.settings().seconds(LONGEST_SECONDS).toNanos();
		try (LoadClient load = bench.closing(LoadClient.on(app.port())
			.connectionPerRequest(CLIENTS)
			.get("/hello")
			.pause(Duration.ofMillis(8))
			.timeout(Duration.ofSeconds(5))
			.start())) {
			awaitAnswers(load, every / 2, end);
			double before = load.answered() / seconds(start);
			long first = System.nanoTime();
			long answered = load.answered();
			int exhausted = 1;
			request(app.port(), "/exhaust");
			if (awaitAnswers(load, every + every / 2, end)) {
				exhausted++;
				request(app.port(), "/exhaust");
			}
			awaitAnswers(load, 2 * every, end);
			double after = (load.answered() - answered) / seconds(first);
			Outcome outcome = new Outcome(load.stop(), exhausted, 100 * after / before);
			bench.end(app);
			return outcome;
		}
	}

	private static boolean awaitAnswers(LoadClient load, long count, long end) {
		return Await.holds(Duration.ofNanos(Math.max(0, end - System.nanoTime())), () -> load.answered() >= count);
	}

	private static double seconds(long since) {
		return (System.nanoTime() - since) / 1e9;
	}

	private static void request(int port, String path) {
		try (HttpConnection connection = Dialer.to(port).waiting(Duration.ofSeconds(10)).dial()) {
			connection.exchange(LoadRequest.get(path).onOwnConnection());
		}
		catch (ExchangeException ex) {
			// A request that exhausts the heap gets no answer.
		}
	}

	/**
	 * The results of the requests.
	 *
	 * @param report all requests but those that exhausted a heap
	 * @param exhausted how many requests exhausted a heap
	 * @param percentAfter answers per second from the first exhausted heap on, as a
	 * percentage of those before
	 */
	private record Outcome(Report report, int exhausted, double percentAfter) {

		double perExhaustion() {
			return (double) this.report.problems().values().stream().mapToLong(Long::longValue).sum() / this.exhausted;
		}

	}

}
