package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;

/**
 * Kills one worker after the other and measures when the master notices, when it has
 * spawned a successor, and when that is ready, beside a plain start. Each killed worker
 * was the first in its slot, because repeated crashes in one slot cause a back-off.
 */
public final class Replacement implements Workload {

	private static final int ROUNDS = 5;

	private static final long GLANCE_NANOS = 100_000;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Override
	public String name() {
		return "replacement";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		List<Double> plain = new ArrayList<>();
		List<Double> ready = new ArrayList<>();
		List<Double> gone = new ArrayList<>();
		List<Double> noticed = new ArrayList<>();
		List<Double> spawned = new ArrayList<>();
		App pool = bench.start(bench.warmPool("--unicorn.workers=" + Math.max(2, bench.settings().rounds(ROUNDS))))
			.complete();
		List<Long> workers = SupervisionLog.workers(pool.process().output());
		for (int i = 0; bench.isAnotherRound(i, ROUNDS); i++) {
			long worker = workers.get(i);
			bench.inTurns(i, () -> {
				App app = bench.start(bench.plain());
				bench.end(app);
				plain.add(app.firstAnswer().toNanos() / 1e6);
			}, () -> {
				int mark = pool.process().mark();
				ProcessHandle process = ProcessHandle.of(worker).orElseThrow();
				Instant killed = Instant.now();
				process.destroyForcibly();
				while (process.isAlive()) {
					LockSupport.parkNanos(GLANCE_NANOS);
				}
				gone.add(millis(killed, Instant.now()));
				pool.process().awaitOutputAfter(mark, SupervisionLog.READY, PATIENCE);
				SupervisionLog lines = SupervisionLog.of(pool.process().output().substring(mark), worker);
				ready.add((double) lines.ready().toMillis());
				noticed.add(millis(killed, lines.noticed()));
				spawned.add(millis(killed, lines.spawned()));
			});
		}
		bench.measured(Bench.PLAIN, "start to first 200", "ms", plain);
		bench.measured("worker", "spawn to ready", "ms", ready);
		bench.measured("signal to end of the process (the kernel's share)", "crash of a worker", "ms", gone);
		bench.measured("crash to noticed", "crash of a worker", "ms", noticed);
		bench.measured("crash to successor spawned", "crash of a worker", "ms", spawned);
		bench.judge("replacement of a worker, spawn to ready, of a plain start", Goal.atMost(0.45, ""),
				Spread.ratios(ready, plain));
		bench.judge("crash of a worker to noticed, from the signal", Goal.atMost(10, "ms"), noticed);
		bench.judge("the same, from the end of the process", Goal.atMost(10, "ms"),
				IntStream.range(0, gone.size()).mapToObj((i) -> Math.max(0, noticed.get(i) - gone.get(i))).toList());
		bench.judge("crash of a worker to successor spawned", Goal.atMost(50, "ms"), spawned);
	}

	private static double millis(Instant from, Instant to) {
		return Math.max(0, Duration.between(from, to).toNanos() / 1e6);
	}

}
