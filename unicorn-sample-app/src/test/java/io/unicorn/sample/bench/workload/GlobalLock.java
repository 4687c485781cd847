package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.Wrk;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;

/**
 * Measures an application that holds one lock for a millisecond in each request: four
 * workers have four locks.
 */
public final class GlobalLock implements Workload {

	private static final String PATH = "/lock";

	private static final int CONNECTIONS = 32;

	private static final long WARM_UP = 2_000;

	private static final int WORKERS = 4;

	@Override
	public String name() {
		return "lock";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		App plain = bench.start(bench.plain());
		App pool = bench.start(bench.untrainedPool().args("--unicorn.workers=" + WORKERS)).complete();
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		wrk.warmUp(bench, plain, 1, PATH, WARM_UP);
		wrk.warmUp(bench, pool, WORKERS, PATH, WARM_UP);
		List<Double> one = new ArrayList<>();
		List<Double> four = new ArrayList<>();
		Duration time = bench.settings().seconds(5);
		for (int i = 0; bench.isAnotherRound(i, 3); i++) {
			bench.inTurns(i, () -> one.add(wrk.run(bench, plain.port(), PATH, time).perSecond()),
					() -> four.add(wrk.run(bench, pool.port(), PATH, time).perSecond()));
		}
		bench.measured(Bench.PLAIN, "one lock held for 1 ms", "requests/s", one);
		bench.measured("pool, 4 workers", "one lock held for 1 ms", "requests/s", four);
		bench.judge("a global lock held for 1 ms per request, 4 workers: requests/s", Goal.atLeast(3.5, ""),
				Spread.ratios(four, one));
	}

}
