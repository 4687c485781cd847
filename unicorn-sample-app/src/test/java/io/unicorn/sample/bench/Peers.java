package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.unicorn.sample.Dialer;
import io.unicorn.sample.ExchangeException;
import io.unicorn.sample.HttpConnection;
import io.unicorn.sample.LoadClient;
import io.unicorn.sample.LoadRequest;
import io.unicorn.sample.Report;
import io.unicorn.sample.soak.ForkingServer;

/**
 * Other servers with a master and workers, as far as they are installed: requests in a
 * second, how long one that has a single worker is gone when that is killed, and what
 * clients see of a HUP. Python and a file server do not do the same as Spring, so only
 * the pool and the plain application can be compared by their speed.
 */
final class Peers implements Workload {

	private static final String PATH = "/hello";

	private static final int CONNECTIONS = 16;

	private static final int THREADS_OF_A_WORKER = 8;

	private static final long WARM_UP = 50_000;

	private static final Pattern ROLLED_OUT = Pattern.compile("roll-out \\d+: (complete|failed|aborted|rolled back)");

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	@Override
	public String name() {
		return "peers";
	}

	@Override
	public boolean isForEachJdk() {
		return false;
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		gone(bench, "pool, 1 worker", pool(bench, 1));
		App pool = pool(bench, 2);
		App plain = bench.start(bench.plain());
		List<ForkingServer> others = others(bench);
		speed(bench, pool, plain, others);
		bench.end(plain);
		reload(bench, "pool, HUP", pool.port(), () -> rollOut(pool));
		bench.end(pool);
		for (ForkingServer other : others) {
			reload(bench, other.name(), port(other), () -> {
				for (int i = 0; i < 3; i++) {
					other.rollOut();
					Thread.sleep(500);
				}
			});
		}
		for (String workerClass : new String[] { "sync", "gthread" }) {
			if (Settings.isInstalled("gunicorn")) {
				ForkingServer one = gunicorn(bench, workerClass, 1);
				gone(bench, "Gunicorn " + workerClass + ", 1 worker", port(one),
						() -> one.workers().forEach(ProcessHandle::destroyForcibly));
			}
		}
	}

	private static App pool(Bench bench, int workers) throws IOException, InterruptedException {
		return bench
			.start(bench.warmPool().args("--unicorn.workers=" + workers, "--unicorn.threads=" + THREADS_OF_A_WORKER))
			.complete();
	}

	private static List<ForkingServer> others(Bench bench) throws IOException {
		List<ForkingServer> others = new ArrayList<>();
		if (Settings.isInstalled("gunicorn")) {
			others.add(gunicorn(bench, "sync", 2));
			others.add(gunicorn(bench, "gthread", 2));
		}
		else {
			bench.remark("gunicorn is not installed");
		}
		if (Settings.isInstalled("nginx")) {
			others.add(bench.closing(
					ForkingServer.nginx(bench.settings().soak(), Files.createDirectories(bench.directory("nginx")))));
		}
		else {
			bench.remark("nginx is not installed");
		}
		return others;
	}

	private static ForkingServer gunicorn(Bench bench, String workerClass, int workers) throws IOException {
		Path directory = Files.createDirectories(bench.directory("gunicorn-" + workerClass + workers));
		return bench.closing(ForkingServer.gunicorn(workerClass, workers, bench.settings().soak(), directory));
	}

	private static int port(ForkingServer server) {
		return server.dialer().address().getPort();
	}

	private static void speed(Bench bench, App pool, App plain, List<ForkingServer> others) throws IOException {
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		wrk.warmUp(bench, plain.port(), PATH, WARM_UP);
		wrk.warmUp(bench, pool.port(), PATH, 2 * WARM_UP);
		Duration time = bench.settings().seconds(4);
		Map<String, List<Double>> perSecond = new LinkedHashMap<>();
		for (int i = 0; bench.isAnotherRound(i, 2); i++) {
			add(perSecond, Bench.PLAIN, wrk.run(bench, plain.port(), PATH, time));
			add(perSecond, "pool, 2 workers", wrk.run(bench, pool.port(), PATH, time));
			for (ForkingServer other : others) {
				add(perSecond, other.name().replaceAll(", .*", ", 2 workers"), wrk.run(bench, port(other), PATH, time));
			}
		}
		perSecond.forEach((subject, values) -> bench.measured(subject, "hello world", "requests/s", values));
	}

	private static void add(Map<String, List<Double>> perSecond, String subject, LoadFigures figures) {
		perSecond.computeIfAbsent(subject, (name) -> new ArrayList<>()).add(figures.perSecond());
	}

	private static void gone(Bench bench, String subject, App pool) throws IOException, InterruptedException {
		long worker = MasterLines.workers(pool.process().output()).get(0);
		gone(bench, subject, pool.port(), () -> ProcessHandle.of(worker).orElseThrow().destroyForcibly());
		bench.end(pool);
	}

	private static void gone(Bench bench, String subject, int port, Action kill)
			throws IOException, InterruptedException {
		long start = System.nanoTime();
		kill.run();
		// Until the kernel has taken it apart, the killed worker still takes connections.
		while (!answers(port)) {
			if (System.nanoTime() - start > PATIENCE.toNanos()) {
				throw new IOException(subject + " does not answer any more");
			}
		}
		bench.measured(subject, "only worker killed, to the next answer", "ms",
				List.of((System.nanoTime() - start) / 1e6));
	}

	private static boolean answers(int port) {
		try (HttpConnection connection = Dialer.to(port).waiting(PATIENCE).dial()) {
			return connection.exchange(LoadRequest.get(PATH).onOwnConnection()).status() == 200;
		}
		catch (ExchangeException ex) {
			return false;
		}
	}

	private static void rollOut(App pool) throws IOException {
		int mark = pool.process().mark();
		pool.process().signal("HUP");
		String end = pool.process().awaitOutputAfter(mark, ROLLED_OUT, PATIENCE).group(1);
		if (!end.equals("complete")) {
			throw new IOException("the roll-out was not complete but " + end);
		}
	}

	private static void reload(Bench bench, String subject, int port, Action reload)
			throws IOException, InterruptedException {
		try (LoadClient load = bench.closing(LoadClient.on(port)
			.keepAlive(8)
			.connectionPerRequest(8)
			.get(PATH)
			.pause(Duration.ofMillis(10))
			.start())) {
			load.awaitAnswers(100, PATIENCE);
			reload.run();
			Thread.sleep(500);
			Report report = load.stop();
			bench.measured(subject, "requests while workers are replaced", "requests", List.of((double) report.sent()));
			bench.measured(subject, "lost or wrong while workers are replaced", "requests",
					List.of((double) report.problems().values().stream().mapToLong(Long::longValue).sum()));
		}
	}

	private interface Action {

		void run() throws IOException, InterruptedException;

	}

}
