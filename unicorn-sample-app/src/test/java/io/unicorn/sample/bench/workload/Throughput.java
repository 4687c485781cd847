package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.LoadFigures;
import io.unicorn.sample.bench.load.Wrk;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;

/**
 * Measures the requests per second that two workers and one plain JVM answer on
 * kept-alive connections.
 */
public final class Throughput implements Workload {

	private static final String PATH = "/hello";

	/** Requests for each JVM. */
	static final long WARM_UP = 400_000;

	private static final int CONNECTIONS = 32;

	@Override
	public String name() {
		return "throughput";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		App plain = bench.start(bench.plain());
		App pool = bench.start(bench.warmPool()).complete();
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		wrk.warmUp(bench, plain.port(), PATH, WARM_UP);
		wrk.warmUp(bench, pool.port(), PATH, 2 * WARM_UP);
		List<LoadFigures> one = new ArrayList<>();
		List<LoadFigures> two = new ArrayList<>();
		Duration time = bench.settings().seconds(6);
		for (int i = 0; bench.isAnotherRound(i, 5); i++) {
			bench.inTurns(i, () -> one.add(wrk.run(bench, plain.port(), PATH, time)),
					() -> two.add(wrk.run(bench, pool.port(), PATH, time)));
		}
		List<Double> perSecond = one.stream().map(LoadFigures::perSecond).toList();
		List<Double> poolPerSecond = two.stream().map(LoadFigures::perSecond).toList();
		List<Double> p99 = one.stream().map(LoadFigures::p99).toList();
		List<Double> poolP99 = two.stream().map(LoadFigures::p99).toList();
		bench.measured(Bench.PLAIN, "hello world", "requests/s", perSecond);
		bench.measured("pool, 2 workers", "hello world", "requests/s", poolPerSecond);
		bench.measured(Bench.PLAIN, "hello world, p99", "ms", p99);
		bench.measured("pool, 2 workers", "hello world, p99", "ms", poolP99);
		bench.judge("hello world with keep-alive, 2 workers against 1 plain JVM: requests/s", Goal.atLeast(1, ""),
				Spread.ratios(poolPerSecond, perSecond));
		bench.judge("the same: p99", Goal.atMost(1, ""), Spread.ratios(poolP99, p99));
		long errors = two.stream().mapToLong(LoadFigures::errors).sum();
		if (errors > 0) {
			bench.remark(errors + " requests went wrong in the pool");
		}
	}

}
