package io.unicorn.sample.connections;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests workers of class {@code sync}: one request at a time, and no silent client that
 * keeps a worker from others.
 */
@OneJdk
class SyncIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final byte[] SLEEP = "GET /sleep?ms=8000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final byte[] WHO = "GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	private RunningPool start(String server, int workers, String... args) {
		RunningPool pool = this.pools.start(builder(server)
			.args("--unicorn.workers=" + workers, "--unicorn.worker-class=sync", "--management.server.port=0")
			.args(args));
		pool.awaitOutput("pool is complete: " + workers + " workers ready", RunningPool.PATIENCE);
		return pool;
	}

	private PoolBuilder builder(String server) {
		return RunningPool.builder()
			.bootingFast()
			.jar(ServerApp.on(server).overwrite(this.directory.resolve("app.jar")));
	}

	private static List<Integer> inFlight(JsonNode pool) {
		return pool.path("workers").valueStream().map((worker) -> worker.path("inFlight").asInt()).toList();
	}

	/** Four requests take two rounds: the fourth waits in the backlog. */
	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#withThreads")
	void eachWorkerServesOneRequestAtATime(String server) throws Exception {
		RunningPool pool = start(server, 3);
		List<HttpConnection> sleepers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			HttpConnection sleeper = this.pools.closing(pool.connect());
			sleepers.add(sleeper);
			sleeper.send(SLEEP);
		}
		pool.awaitPool("three requests are served and one waits", (seen) -> inFlight(seen).equals(List.of(1, 1, 1))
				&& seen.path("listeners").get(0).path("waiting").asInt() == 1, TIMEOUT);
		for (HttpConnection sleeper : sleepers) {
			assertThat(sleeper.receive().status()).isEqualTo(200);
		}
	}

	/**
	 * In class gthread, a worker whose only thread is busy leaves connections to others.
	 * It may get one that it was waiting for when its thread became busy.
	 */
	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#withThreads")
	void aWorkerWithoutAFreeThreadLeavesConnectionsToOthers(String server) throws Exception {
		RunningPool pool = this.pools.start(builder(server).args("--unicorn.workers=2", "--unicorn.threads=1"));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
		for (int i = 0; i < 10; i++) {
			// The first request of a worker takes long, and the other one takes
			// connections.
			assertThat(pool.get("/whoami").status()).isEqualTo(200);
		}
		Socket sleeper = ask(pool, SLEEP);
		List<Socket> others = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			// Longer than a busy worker leaves connections to others.
			Thread.sleep(100);
			others.add(ask(pool, WHO));
		}
		Await.until(TIMEOUT, () -> "19 of 20 requests are answered", () -> answered(others) >= 19);
		assertThat(answered(List.of(sleeper))).isZero();
	}

	private Socket ask(RunningPool pool, byte[] request) throws IOException {
		Socket socket = this.pools.closing(new Socket(InetAddress.getLoopbackAddress(), pool.port()));
		socket.getOutputStream().write(request);
		return socket;
	}

	private static long answered(List<Socket> sockets) {
		return sockets.stream().filter((socket) -> {
			try {
				return socket.getInputStream().available() > 0;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}).count();
	}

	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#withThreads")
	void silentClientsKeepNoWorkerFromOthersAndAreServedWhenTheySpeak(String server) throws Exception {
		RunningPool pool = start(server, 2, "--server.tomcat.connection-timeout=10m",
				"--server.jetty.connection-idle-timeout=10m", "--unicorn.rollout.observe=0s");
		List<HttpConnection> silent = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			silent.add(this.pools.closing(pool.connect()));
		}
		for (int i = 0; i < 10; i++) {
			assertThat(pool.get("/whoami").status()).isEqualTo(200);
		}
		int mark = pool.mark();
		LoadClient load = this.pools.closing(load(pool));
		pool.signal("HUP");
		// Each connection is served by the worker that has it, which leaves.
		for (HttpConnection connection : silent) {
			assertThat(connection.exchange(LoadRequest.get("/whoami").onKeepAlive()).status()).isEqualTo(200);
		}
		pool.awaitOutputAfter(mark, Pattern.compile("roll-out \\d+: complete"), RunningPool.PATIENCE);
		Report report = load.stop();
		System.out.println(report.summary());
		report.assertFlawless();
		stopUnderLoad(pool);
		assertThat(pool.output()).doesNotContain("that had not ended");
	}

	private void stopUnderLoad(RunningPool pool) {
		LoadClient load = this.pools.closing(load(pool));
		load.awaitAnswers(20, TIMEOUT);
		assertThat(pool.stop()).isZero();
		Report report = load.stop();
		System.out.println(report.summary());
		assertThat(report.answered()).as(report.toString()).isEqualTo(report.sent());
	}

	/** Each response ends its connection, whatever the client would like. */
	private static LoadClient load(RunningPool pool) {
		return pool.load().keepAlive(3).connectionPerRequest(3).get("/whoami").pause(Duration.ofMillis(25)).start();
	}

}
