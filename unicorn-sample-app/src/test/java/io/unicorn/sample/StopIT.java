package io.unicorn.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stop under load turns nobody away who was let in: each connection is either never
 * made, or answered.
 */
@OneJdk
@Alone
class StopIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int ROUNDS = 5;

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void termUnderFullLoadResetsNobody() {
		for (int round = 1; round <= ROUNDS; round++) {
			int workers = 1 + round % 2;
			RunningPool pool = start("--unicorn.workers=" + workers, "--unicorn.threads=4");
			pool.awaitReady(workers);
			LoadClient load = this.pools.closing(load(pool));
			load.awaitAnswers(200L * round, TIMEOUT);

			pool.signal("TERM");

			assertThat(pool.exitCode(TIMEOUT)).isZero();
			assertNobodyWasCutOff(load, "round " + round);
		}
	}

	/**
	 * A worker that may have one connection takes the next one when it is done with that;
	 * all others wait in the kernel's queue when the stop begins.
	 */
	@Test
	void connectionsThatWaitToBeAcceptedAreAnsweredAndClosed() throws Exception {
		RunningPool pool = start("--unicorn.workers=1", "--unicorn.threads=1", "--server.tomcat.max-connections=1");
		pool.awaitReady(1);
		List<HttpConnection> connections = new ArrayList<>();
		List<CompletableFuture<Response>> responses = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			HttpConnection connection = this.pools.closing(pool.connect());
			connections.add(connection);
			responses.add(CompletableFuture.supplyAsync(() -> {
				try {
					return connection.exchange(LoadRequest.get("/sleep?ms=200").onKeepAlive());
				}
				catch (ExchangeException ex) {
					throw new CompletionException(ex);
				}
			}, (task) -> new Thread(task).start()));
		}
		// Whoever is served first keeps its connection, and the worker with it.
		CompletableFuture.anyOf(responses.toArray(CompletableFuture[]::new)).join();

		pool.signal("TERM");
		pool.awaitOutput("stopping: workers finish their requests (SIGTERM)", TIMEOUT);
		connections.stream().filter((connection) -> connection.answered() > 0).forEach(HttpConnection::close);

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(responses).allSatisfy((response) -> assertThat(response).succeedsWithin(TIMEOUT));
		assertThat(responses.stream().map(CompletableFuture::join).filter((response) -> !response.isLast()))
			.as("those that were answered before the worker knew of the stop")
			.hasSizeBetween(1, 2);
		assertThat(pool.output()).doesNotContain("cannot be served");
	}

	@Test
	void theShutdownDelayLetsThePoolServeOnWhileItsReadinessIsDown() throws Exception {
		RunningPool pool = start("--unicorn.workers=1", "--unicorn.shutdown-delay=50s");
		pool.awaitReady(1);
		assertThat(pool.get("/actuator/health/readiness").status()).isEqualTo(200);
		LoadClient load = this.pools.closing(load(pool));

		pool.signal("TERM");
		pool.awaitOutput("stopping in 50 s, readiness is down from now on (SIGTERM)", TIMEOUT);
		Await.until(TIMEOUT, () -> "a readiness that is down", () -> readiness(pool) == 503);
		load.awaitAnswers(500, TIMEOUT);
		assertThat(pool.get("/whoami").status()).isEqualTo(200);
		assertThat(pool.pool().path("master").path("state").asString("")).isEqualTo("stopping");

		pool.signal("TERM");
		pool.awaitOutput("stopping without further delay (SIGTERM)", TIMEOUT);
		assertThat(pool.exitCode(Duration.ofSeconds(30))).isZero();
		assertNobodyWasCutOff(load, "delayed");
	}

	private RunningPool start(String... args) {
		return this.pools.start(RunningPool.builder().bootingFast().args(args));
	}

	private static LoadClient load(RunningPool pool) {
		return pool.load()
			.keepAlive(16)
			.connectionPerRequest(16)
			.send(LoadRequest.get("/whoami").expecting((response) -> response.text().contains("\"generation\":")),
					LoadRequest.echo("unicorn".repeat(500).getBytes(StandardCharsets.UTF_8)),
					LoadRequest.get("/bytes?n=30000").expecting((response) -> response.length() == 30_000),
					LoadRequest.get("/sleep?ms=20").expecting((response) -> response.text().equals("slept 20 ms\n")))
			.timeout(Duration.ofSeconds(30))
			.start();
	}

	private static int readiness(RunningPool pool) {
		try {
			return pool.get("/actuator/health/readiness").status();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * After the stop, connections are refused, and that is all that may have gone wrong.
	 */
	private static void assertNobodyWasCutOff(LoadClient load, String what) {
		Report report = load.stop();
		System.out.println(what + ": " + report.summary());
		assertThat(report.problems().keySet()).as(what + ": " + report)
			.isSubsetOf(Problem.CONNECT_REFUSED, Problem.CONNECT_TIMEOUT);
		assertThat(report.answered()).isEqualTo(report.sent());
	}

}
