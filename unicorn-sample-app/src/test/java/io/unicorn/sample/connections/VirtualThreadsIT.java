package io.unicorn.sample.connections;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests workers of class {@code virtual}: how many requests one serves at a time, and
 * that it leaves connections that it has no room for to others.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final int SLEEP_SECONDS = 10;

	@RegisterExtension
	final Pools pools = new Pools();

	private final List<HttpConnection> sleepers = new ArrayList<>();

	@AfterEach
	void closeConnections() {
		this.sleepers.forEach(HttpConnection::close);
	}

	private void sleep(RunningPool pool, int requests) throws Exception {
		byte[] request = ("GET /sleep?ms=" + SLEEP_SECONDS * 1000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < requests; i++) {
			HttpConnection connection = pool.connect();
			this.sleepers.add(connection);
			connection.send(request);
		}
	}

	private void assertAnswered() throws Exception {
		for (HttpConnection connection : this.sleepers) {
			assertThat(connection.receive().status()).isEqualTo(200);
		}
	}

	private static List<Integer> inFlight(JsonNode pool) {
		return pool.path("workers").valueStream().map((worker) -> worker.path("inFlight").asInt()).toList();
	}

	@Test
	void oneWorkerServesMoreRequestsAtATimeThanItHasThreads() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=1", "--unicorn.worker-class=gevent", "--server.tomcat.threads.max=10"));
		pool.awaitReady(1);
		assertThat(pool.output()).contains("starting 1 worker of class virtual",
				"unicorn.worker-class=gevent is virtual here");
		sleep(pool, 2000);
		pool.awaitPool("2000 requests at a time", (document) -> inFlight(document).get(0) >= 2000, TIMEOUT);
		assertAnswered();
		assertThat(WorkerView.ready(pool.pool())).hasSize(1);
	}

	@Test
	void aWorkerWithoutRoomAcceptsNoConnection() throws Exception {
		// The endpoint that tells of it needs a connection of its own.
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=2", "--unicorn.worker-class=virtual", "--unicorn.worker-connections=21"));
		pool.awaitReady(2);
		sleep(pool, 40);
		pool.awaitPool("both workers are full", (document) -> inFlight(document).stream().allMatch((one) -> one >= 19),
				TIMEOUT);
		assertAnswered();
	}

}
