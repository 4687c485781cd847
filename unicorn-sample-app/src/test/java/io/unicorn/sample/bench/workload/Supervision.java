package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;

/**
 * Measures the processor time of the master for a growing number of workers. The workers
 * only send heartbeats, so that 64 of them fit the machine and leave it idle.
 */
public final class Supervision implements Workload {

	private static final List<Integer> WORKERS = List.of(2, 16, 64);

	private static final int WINDOWS = 3;

	@Override
	public String name() {
		return "supervision";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		List<List<Double>> cpu = new ArrayList<>();
		for (int workers : WORKERS) {
			App pool = new App(bench.closing(bench.stubs()
				.jvmFlags("-Xmx64m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
				.args("--unicorn.workers=" + workers)
				.start()), 0, java.time.Duration.ZERO).complete();
			Thread.sleep(bench.settings().seconds(6).toMillis());
			List<Double> percent = MasterCost.idle(pool.process().masterPid(), bench.settings().seconds(9), WINDOWS);
			cpu.add(percent);
			bench.measured("master of " + workers + " stub workers", "processor time of supervision", "%", percent);
			bench.end(pool);
		}
		double few = Spread.of(cpu.get(0)).median();
		double some = Spread.of(cpu.get(1)).median();
		int last = WORKERS.get(2);
		// Extrapolates the first two values linearly to the third.
		double line = few + (some - few) * (last - WORKERS.get(0)) / (WORKERS.get(1) - WORKERS.get(0));
		bench.judge("supervision of 64 stub workers, of one core", Goal.atMost(1, "%"), cpu.get(2));
		bench.judge("supervision of 64 workers beside the line through 2 and 16 (linear is 1)", Goal.atMost(1.25, ""),
				cpu.get(2).stream().map((percent) -> percent / line).toList());
	}

}
