package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.LoadFigures;
import io.unicorn.sample.bench.load.SessionLoad;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.testsupport.pool.PoolBuilder;

/**
 * Measures what sessions that workers share add to a request, beside sessions in the
 * memory of each worker.
 */
public final class Sessions implements Workload {

	private static final int WORKERS = 4;

	private static final int SESSIONS = 10_000;

	private static final int PER_SECOND = 200;

	@Override
	public String name() {
		return "sessions";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		App memory = bench.start(pool(bench).args("--unicorn.share.sessions=false")).complete();
		App shared = bench.start(pool(bench)).complete();
		SessionLoad inMemory = bench.closing(new SessionLoad(memory.port(), SESSIONS));
		SessionLoad inFile = bench.closing(new SessionLoad(shared.port(), SESSIONS));
		Duration time = bench.settings().seconds(10);
		inMemory.run(time, 4 * PER_SECOND);
		inFile.run(time, 4 * PER_SECOND);
		Figures one = new Figures();
		Figures other = new Figures();
		for (int i = 0; bench.isAnotherRound(i, 4); i++) {
			bench.inTurns(i, () -> one.add(bench, inMemory.run(time, PER_SECOND)),
					() -> other.add(bench, inFile.run(time, PER_SECOND)));
		}
		one.report("in memory", bench);
		other.report("shared", bench);
		bench.judge("a request that reads and writes a shared session, median: added", Goal.atMost(1, "ms"),
				added(one.medians, other.medians));
		bench.judge("a request that reads and writes a shared session, p99: added", Goal.atMost(5, "ms"),
				added(one.tails, other.tails));
	}

	/** Connections stay open, also while the other pool is measured. */
	private static PoolBuilder pool(Bench bench) {
		return bench.untrainedPool()
			.args("--unicorn.workers=" + WORKERS, "--server.tomcat.max-keep-alive-requests=-1",
					"--server.tomcat.keep-alive-timeout=10m");
	}

	private static List<Double> added(List<Double> without, List<Double> with) {
		List<Double> added = new ArrayList<>();
		for (int i = 0; i < with.size(); i++) {
			added.add(with.get(i) - without.get(i));
		}
		return added;
	}

	private static final class Figures {

		private final List<Double> medians = new ArrayList<>();

		private final List<Double> tails = new ArrayList<>();

		void add(Bench bench, LoadFigures figures) {
			if (figures.errors() > 0) {
				bench.remark(figures.errors() + " of " + figures.requests() + " requests had a wrong answer");
			}
			this.medians.add(figures.p50());
			this.tails.add(figures.p99());
		}

		void report(String subject, Bench bench) {
			bench.measured(subject, "a request of one of 10,000 sessions, median", "ms", this.medians);
			bench.measured(subject, "a request of one of 10,000 sessions, p99", "ms", this.tails);
		}

	}

}
