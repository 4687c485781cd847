package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.ProcFile;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;

/**
 * Measures an idle master: memory, and processor time over half a minute.
 */
public final class MasterCost implements Workload {

	private static final int WINDOWS = 3;

	@Override
	public String name() {
		return "master";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		App pool = bench.start(bench.warmPool()).complete();
		long master = pool.process().masterPid();
		Thread.sleep(bench.settings().seconds(9).toMillis());
		List<Double> cpu = idle(master, bench.settings().seconds(12), WINDOWS);
		List<Double> rss = List.of(ProcFile.rss(master));
		bench.measured("master, 2 workers", "resident memory", "MiB", rss);
		bench.measured("master, 2 workers", "proportional memory", "MiB", List.of(ProcFile.pss(master)));
		bench.measured("master, 2 workers", "processor time, idle", "%", cpu);
		bench.judge("master: resident memory", Goal.atMost(48, "MiB"), rss);
		bench.judge("master: processor time while idle, of one core", Goal.atMost(0.1, "%"), cpu);
	}

	/**
	 * The processor time of a process in per cent of one core.
	 */
	static List<Double> idle(long pid, Duration window, int windows) throws IOException, InterruptedException {
		List<Double> cpu = new ArrayList<>();
		for (int i = 0; i < windows; i++) {
			long start = System.nanoTime();
			Duration before = ProcFile.cpu(pid);
			Thread.sleep(window.toMillis());
			Duration used = ProcFile.cpu(pid).minus(before);
			cpu.add(100.0 * used.toNanos() / (System.nanoTime() - start));
		}
		return cpu;
	}

}
