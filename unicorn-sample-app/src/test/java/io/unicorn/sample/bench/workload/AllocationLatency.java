package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.LoadFigures;
import io.unicorn.sample.bench.load.PacedLoad;
import io.unicorn.sample.bench.load.Wrk;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;

/**
 * Measures the 99.9th percentile of latency while each request allocates two megabytes,
 * with the same total heap: one JVM with all of it, or two workers with half each.
 */
public final class AllocationLatency implements Workload {

	private static final String PATH = "/allocate";

	private static final int PER_SECOND = 200;

	/** Before that, the compilers and not the collectors cause the slowest requests. */
	private static final long WARM_UP = 10_000;

	private static final int CONNECTIONS = 8;

	@Override
	public String name() {
		return "allocation";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		App plain = bench.start(bench.plain().jvmFlags("-Xmx512m"));
		App pool = bench.start(bench.untrainedPool().jvmFlags("-Xmx256m")).complete();
		PacedLoad one = new PacedLoad(plain.port(), PATH, PER_SECOND);
		PacedLoad two = new PacedLoad(pool.port(), PATH, PER_SECOND);
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		wrk.warmUp(bench, plain, 1, PATH, WARM_UP);
		wrk.warmUp(bench, pool, 2, PATH, WARM_UP);
		List<LoadFigures> plainFigures = new ArrayList<>();
		List<LoadFigures> poolFigures = new ArrayList<>();
		Duration time = bench.settings().seconds(20);
		for (int i = 0; bench.isAnotherRound(i, 4); i++) {
			bench.inTurns(i, () -> plainFigures.add(one.run(time)), () -> poolFigures.add(two.run(time)));
		}
		List<Double> p999 = plainFigures.stream().map(LoadFigures::p999).toList();
		List<Double> poolP999 = poolFigures.stream().map(LoadFigures::p999).toList();
		bench.measured("plain, 512 MiB", "2 MB garbage per request, p99.9", "ms", p999);
		bench.measured("pool, 2 × 256 MiB", "2 MB garbage per request, p99.9", "ms", poolP999);
		bench.measured("plain, 512 MiB", "2 MB garbage per request, p50", "ms",
				plainFigures.stream().map(LoadFigures::p50).toList());
		bench.measured("pool, 2 × 256 MiB", "2 MB garbage per request, p50", "ms",
				poolFigures.stream().map(LoadFigures::p50).toList());
		bench.judge("p99.9 with 2 MB of garbage per request, same heap altogether", Goal.atMost(0.7, ""),
				Spread.ratios(poolP999, p999));
		long errors = poolFigures.stream().mapToLong(LoadFigures::errors).sum();
		if (errors > 0) {
			bench.remark(errors + " requests went wrong in the pool");
		}
	}

}
