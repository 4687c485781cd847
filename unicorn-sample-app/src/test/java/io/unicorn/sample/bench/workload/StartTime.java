package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.process.CleanUp;

/**
 * Measures the time from {@code java -jar} to the first answer with status 200: without
 * the starter, as a pool with an empty private directory, and as a pool that has run
 * before.
 */
public final class StartTime implements Workload {

	@Override
	public String name() {
		return "start";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		List<Double> plain = new ArrayList<>();
		List<Double> first = new ArrayList<>();
		List<Double> warm = new ArrayList<>();
		int port = FreePort.choose();
		bench.end(bench.start(bench.warmPool(), port));
		bench.end(bench.start(bench.plain(), port));
		for (int i = 0; bench.isAnotherRound(i, 7); i++) {
			bench.inTurns(i, () -> plain.add(millis(bench, bench.plain(), port)), () -> {
				Path fresh = bench.directory("fresh");
				first.add(millis(bench, bench.pool(fresh), port));
				CleanUp.delete(fresh);
			}, () -> warm.add(millis(bench, bench.warmPool(), port)));
		}
		bench.measured(Bench.PLAIN, "time to first 200", "ms", plain);
		bench.measured("pool, very first start", "time to first 200", "ms", first);
		bench.measured("pool, warm", "time to first 200", "ms", warm);
		bench.judge("time from `java -jar` to the first 200, warm",
				Goal.atMost((bench.jdk().feature() >= 25) ? 0.6 : 0.75, ""), Spread.ratios(warm, plain));
		bench.judge("the same, very first start", Goal.atMost(1.15, ""), Spread.ratios(first, plain));
	}

	private static double millis(Bench bench, PoolBuilder builder, int port) throws IOException, InterruptedException {
		App app = bench.start(builder, port);
		bench.end(app);
		return app.firstAnswer().toNanos() / 1e6;
	}

}
