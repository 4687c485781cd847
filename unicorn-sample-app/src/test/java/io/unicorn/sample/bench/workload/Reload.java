package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.soak.ForkingServer;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;

/**
 * Measures lost requests while all workers of a server are replaced, in a pool and in
 * other servers. The soak tests this in more detail.
 */
public final class Reload implements Workload {

	/** A reload of another server takes a fraction of the time of a roll-out. */
	private static final int TIMES_FOR_OTHERS = 3;

	private static final String COMPLETE = ": complete: ";

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@Override
	public String name() {
		return "reload";
	}

	@Override
	public boolean isForEachJdk() {
		return false;
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		PeerServers servers = new PeerServers(bench);
		for (ForkingServer server : servers.all()) {
			under(bench, server.name(), PeerServers.port(server), () -> {
				for (int i = 0; i < TIMES_FOR_OTHERS; i++) {
					server.rollOut();
					Thread.sleep(500);
				}
			});
		}
		App pool = servers.pool(2);
		under(bench, "pool, HUP", pool.port(), () -> rollOut(pool));
	}

	private static void rollOut(App pool) throws IOException {
		int mark = pool.process().mark();
		pool.process().signal("HUP");
		boolean complete = Await.holds(PATIENCE, () -> pool.process().output().substring(mark).contains(COMPLETE));
		if (!complete) {
			String log = pool.process().output().substring(mark);
			throw new IOException("no roll-out was complete in %d s: %s".formatted(PATIENCE.toSeconds(),
					log.lines().filter((line) -> line.contains("master]")).collect(Collectors.joining("\n"))));
		}
	}

	private static void under(Bench bench, String subject, int port, Bench.Turn replacement)
			throws IOException, InterruptedException {
		try (LoadClient load = bench.closing(LoadClient.on(port)
			.keepAlive(8)
			.connectionPerRequest(8)
			.get("/hello")
			.pause(Duration.ofMillis(10))
			.start())) {
			load.awaitAnswers(100, PATIENCE);
			replacement.take();
			Thread.sleep(500);
			Report report = load.stop();
			long wrong = report.problems().values().stream().mapToLong(Long::longValue).sum();
			bench.measured(subject, "requests while all workers are replaced", "requests",
					List.of((double) report.sent()));
			bench.measured(subject, "lost or wrong while all workers are replaced", "requests",
					List.of((double) wrong));
			if (wrong > 0) {
				bench.remark("%s: %s".formatted(subject, report.problems()));
			}
		}
	}

}
