package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.Wrk;
import io.unicorn.sample.soak.ForkingServer;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;

/**
 * Measures other servers: requests per second, and the outage of a server whose single
 * worker is killed. Python and a file server do other work than Spring, so only the pool
 * and the plain application are comparable in speed.
 */
public final class Peers implements Workload {

	private static final String PATH = "/hello";

	private static final String POOL = "pool, 2 workers";

	private static final int CONNECTIONS = 16;

	/** Requests for servers that do not compile. */
	private static final long WARM_UP = 20_000;

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
		PeerServers servers = new PeerServers(bench);
		App pool = servers.pool(1);
		long worker = SupervisionLog.workers(pool.process().output()).get(0);
		gone(bench, "pool", pool.port(), () -> ProcessHandle.of(worker).orElseThrow().destroyForcibly());
		bench.end(pool);
		for (ForkingServer one : servers.gunicorns(1)) {
			gone(bench, name(one), PeerServers.port(one), () -> one.workers().forEach(ProcessHandle::destroyForcibly));
		}
		speed(bench, servers);
	}

	private static String name(ForkingServer server) {
		return server.name().replaceAll(", .*", "");
	}

	private static void speed(Bench bench, PeerServers servers) throws IOException, InterruptedException {
		Map<String, Integer> ports = new LinkedHashMap<>();
		servers.all().forEach((server) -> ports.put(name(server) + ", 2 workers", PeerServers.port(server)));
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		for (int port : ports.values()) {
			wrk.warmUp(bench, port, PATH, WARM_UP);
		}
		App plain = bench.start(bench.plain());
		wrk.warmUp(bench, plain.port(), PATH, Throughput.WARM_UP);
		ports.put(Bench.PLAIN, plain.port());
		App pool = servers.pool(2);
		wrk.warmUp(bench, pool.port(), PATH, 2 * Throughput.WARM_UP);
		ports.put(POOL, pool.port());
		Map<String, List<Double>> perSecond = new LinkedHashMap<>();
		ports.keySet().forEach((subject) -> perSecond.put(subject, new ArrayList<>()));
		for (int i = 0; bench.isAnotherRound(i, 2); i++) {
			for (Map.Entry<String, Integer> server : ports.entrySet()) {
				perSecond.get(server.getKey())
					.add(wrk.run(bench, server.getValue(), PATH, bench.settings().seconds(4)).perSecond());
			}
		}
		perSecond.forEach((subject, values) -> bench.measured(subject, "hello world", "requests/s", values));
	}

	private static void gone(Bench bench, String subject, int port, Runnable kill) throws IOException {
		long start = System.nanoTime();
		kill.run();
		// The killed worker accepts connections until the kernel has closed its sockets.
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

}
