package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Features;
import io.unicorn.sample.bench.ProcFile;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;
import io.unicorn.sample.testsupport.load.LoadClient;

/**
 * Measures the memory of one more worker, beside a plain JVM after the same number of
 * requests. Pages that workers share are divided among them.
 */
public final class WorkerMemory implements Workload {

	private static final String PROFILE = "unicorn.jvm-profile";

	private static final int WORKERS = 3;

	private static final long REQUESTS = 5_000;

	@Override
	public String name() {
		return "memory";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		List<Double> plain = new ArrayList<>();
		List<Double> worker = new ArrayList<>();
		boolean compact = Features.has(PROFILE);
		String workers = "--unicorn.workers=" + WORKERS;
		String[] args = compact ? new String[] { workers, "--" + PROFILE + "=compact" } : new String[] { workers };
		if (!compact) {
			bench.remark("this starter has no " + PROFILE + ", workers run without `compact`");
		}
		for (int i = 0; bench.isAnotherRound(i, 3); i++) {
			App one = bench.start(bench.plain());
			load(one, bench.settings().amount(REQUESTS));
			plain.add(ProcFile.pss(one.process().masterPid()));
			bench.end(one);
			App pool = bench.start(bench.warmPool(args)).complete();
			load(pool, WORKERS * bench.settings().amount(REQUESTS));
			worker.add(median(SupervisionLog.workers(pool.process().output())));
			bench.end(pool);
		}
		bench.measured(Bench.PLAIN, "proportional memory", "MiB", plain);
		bench.measured("one of 3 workers", "proportional memory", "MiB", worker);
		bench.judge("proportional memory of one more worker" + (compact ? ", `compact`" : ""), Goal.atMost(0.6, ""),
				Spread.ratios(worker, plain));
	}

	private static void load(App app, long requests) {
		LoadClient load = LoadClient.on(app.port()).keepAlive(4 * WORKERS).get("/hello", "/whoami").start();
		load.until(requests + " answers", Duration.ofSeconds(60), () -> load.answered() >= requests);
	}

	private static double median(List<Long> workers) throws IOException {
		List<Double> all = new ArrayList<>();
		for (long worker : workers) {
			all.add(ProcFile.pss(worker));
		}
		return Spread.of(all).median();
	}

}
