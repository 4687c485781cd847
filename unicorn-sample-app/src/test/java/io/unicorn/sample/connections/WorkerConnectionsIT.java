package io.unicorn.sample.connections;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a worker leaves connections beyond {@code unicorn.worker-connections} to
 * others, on each server; virtual threads have a test of their own.
 */
@OneJdk
class WorkerConnectionsIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final int MOST = 20;

	private static final byte[] SLEEP = "GET /sleep?ms=5000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	@Test
	void aFullReactorNettyLeavesConnectionsToOthersAndThenInTheBacklog() throws Exception {
		fillTwoWorkers(ServerApp.REACTOR_NETTY);
	}

	@Test
	@Nightly
	void aFullJettyLeavesConnectionsToOthersAndThenInTheBacklog() throws Exception {
		fillTwoWorkers(ServerApp.JETTY);
	}

	private void fillTwoWorkers(String server) throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(ServerApp.on(server).overwrite(this.directory.resolve("app.jar")))
			.args("--unicorn.workers=2", "--unicorn.worker-connections=" + MOST, "--management.server.port=0"));
		pool.awaitReady(2);
		List<HttpConnection> clients = new ArrayList<>();
		for (int i = 0; i < 2 * MOST + 5; i++) {
			HttpConnection client = this.pools.closing(pool.connect());
			clients.add(client);
			client.send(SLEEP);
		}
		pool.awaitPool("two full workers, and five connections in the backlog",
				(seen) -> inFlight(seen).equals(List.of(MOST, MOST))
						&& seen.path("listeners").get(0).path("waiting").asInt() == 5,
				TIMEOUT);
		for (HttpConnection client : clients) {
			assertThat(client.receive().status()).isEqualTo(200);
		}
	}

	private static List<Integer> inFlight(JsonNode pool) {
		return pool.path("workers").valueStream().map((worker) -> worker.path("inFlight").asInt()).toList();
	}

}
