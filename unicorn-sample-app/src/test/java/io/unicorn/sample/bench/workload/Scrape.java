package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.load.LoadRequest;

/**
 * Measures a scrape by Prometheus of four workers with about 200 meters each, beside one
 * of a plain JVM, and what an idle worker needs to report its meters.
 */
public final class Scrape implements Workload {

	private static final int WORKERS = 4;

	private static final long SCRAPES = 40;

	/** So many in each worker before it is measured. */
	private static final long WARM = 30;

	/** The master begins four collections a second; Prometheus asks less often. */
	private static final long PAUSE_MILLIS = 300;

	private static final LoadRequest REQUEST = LoadRequest.get("/actuator/prometheus");

	@Override
	public String name() {
		return "scrape";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		List<Double> plain = new ArrayList<>();
		List<Double> pool = new ArrayList<>();
		List<Double> series = new ArrayList<>();
		List<Double> idle = new ArrayList<>();
		List<Double> plainIdle = new ArrayList<>();
		for (int i = 0; bench.isAnotherRound(i, 2); i++) {
			App one = bench.start(bench.plain());
			scrape(one, bench.settings().amount(WARM));
			plain.add(scrape(one, bench.settings().amount(SCRAPES)));
			plainIdle.addAll(MasterCost.idle(one.process().masterPid(), bench.settings().seconds(3), 1));
			bench.end(one);
			App four = bench.start(bench.warmPool("--unicorn.workers=" + WORKERS)).complete();
			scrape(four, WORKERS * bench.settings().amount(WARM));
			pool.add(scrape(four, bench.settings().amount(SCRAPES)));
			series.add((double) answer(four).text().lines().filter((line) -> !line.startsWith("#")).count());
			Thread.sleep(bench.settings().seconds(3).toMillis());
			idle.add(idle(four, bench.settings().seconds(12)));
			bench.end(four);
		}
		bench.measured(Bench.PLAIN, "scrape, median", "ms", plain);
		bench.measured(WORKERS + " workers", "scrape, median", "ms", pool);
		bench.measured(WORKERS + " workers", "series", "", series);
		bench.measured(Bench.PLAIN, "processor time, idle", "%", plainIdle);
		bench.measured("one of " + WORKERS + " workers", "processor time, idle", "%", idle);
		bench.judge("scrape of " + WORKERS + " workers, median", Goal.atMost(50, "ms"), pool);
	}

	/** Return the median, in milliseconds. */
	private static double scrape(App app, long times) throws IOException, InterruptedException {
		List<Double> millis = new ArrayList<>();
		for (long i = 0; i < times; i++) {
			Thread.sleep(PAUSE_MILLIS);
			long start = System.nanoTime();
			Response response = answer(app);
			millis.add(Duration.ofNanos(System.nanoTime() - start).toNanos() / 1e6);
			if (response.status() != 200) {
				throw new IOException("a scrape got the status " + response.status());
			}
		}
		return Spread.of(millis).median();
	}

	private static Response answer(App app) throws IOException {
		try (HttpConnection connection = Dialer.to(app.port()).dial()) {
			return connection.exchange(REQUEST.onOwnConnection());
		}
	}

	private static double idle(App pool, Duration window) throws IOException, InterruptedException {
		List<Double> workers = new ArrayList<>();
		for (long worker : SupervisionLog.workers(pool.process().output())) {
			workers.addAll(MasterCost.idle(worker, window.dividedBy(WORKERS), 1));
		}
		return Spread.of(workers).median();
	}

}
