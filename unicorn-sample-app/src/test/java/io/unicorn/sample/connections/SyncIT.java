package io.unicorn.sample.connections;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

	private RunningPool start(int workers, String... args) {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=" + workers, "--unicorn.worker-class=sync", "--management.server.port=0")
			.args(args));
		pool.awaitOutput("pool is complete: " + workers + " workers ready", RunningPool.PATIENCE);
		return pool;
	}

	private static JsonNode pool(int managementPort) {
		try (HttpConnection management = HttpConnection
			.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), managementPort), TIMEOUT)) {
			return JsonMapper.builder()
				.build()
				.readTree(management.exchange(LoadRequest.get("/actuator/unicorn").onKeepAlive()).body());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<Integer> inFlight(JsonNode pool) {
		return pool.path("workers").valueStream().map((worker) -> worker.path("inFlight").asInt()).toList();
	}

	/** Four requests take two rounds: the fourth waits in the backlog. */
	@Test
	void eachWorkerServesOneRequestAtATime() throws Exception {
		RunningPool pool = start(3);
		int management = Integer.parseInt(
				pool.awaitOutput(Pattern.compile("listening on \\S*:(\\d+) \\(management\\)"), Duration.ZERO).group(1));
		List<HttpConnection> sleepers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			HttpConnection sleeper = this.pools.closing(pool.connect());
			sleepers.add(sleeper);
			sleeper.send(SLEEP);
		}
		Await.until(TIMEOUT, () -> "three requests are served and one waits: " + pool(management), () -> {
			JsonNode seen = pool(management);
			return inFlight(seen).equals(List.of(1, 1, 1))
					&& seen.path("listeners").get(0).path("waiting").asInt() == 1;
		});
		for (HttpConnection sleeper : sleepers) {
			assertThat(sleeper.receive().status()).isEqualTo(200);
		}
	}

	/**
	 * In class gthread, a worker whose only thread is busy leaves connections to others.
	 * It may get one that it was waiting for when its thread became busy.
	 */
	@Test
	void aWorkerWithoutAFreeThreadLeavesConnectionsToOthers() throws Exception {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().args("--unicorn.workers=2", "--unicorn.threads=1"));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
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

	@Test
	void silentClientsKeepNoWorkerFromOthersAndAreServedWhenTheySpeak() throws Exception {
		RunningPool pool = start(2, "--server.tomcat.connection-timeout=10m", "--unicorn.rollout.observe=0s");
		List<HttpConnection> silent = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			silent.add(this.pools.closing(pool.connect()));
		}
		for (int i = 0; i < 10; i++) {
			assertThat(pool.get("/whoami").status()).isEqualTo(200);
		}
		int mark = pool.mark();
		pool.signal("HUP");
		// Each connection is served by the worker that has it, which leaves.
		for (HttpConnection connection : silent) {
			assertThat(connection.exchange(LoadRequest.get("/whoami").onKeepAlive()).status()).isEqualTo(200);
		}
		pool.awaitOutputAfter(mark, Pattern.compile("roll-out \\d+: complete"), TIMEOUT);
		assertThat(pool.output()).doesNotContain("that had not ended");
	}

}
