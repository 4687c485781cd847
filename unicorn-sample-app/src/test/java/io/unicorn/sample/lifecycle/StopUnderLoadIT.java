package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Problem;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a stop under load answers every accepted request: a connection is either
 * refused or answered.
 */
@OneJdk
@Alone
class StopUnderLoadIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int ROUNDS = 5;

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	@Nightly
	void termUnderFullLoadResetsNoConnection() {
		for (int round = 1; round <= ROUNDS; round++) {
			int workers = 1 + round % 2;
			RunningPool pool = start("--unicorn.workers=" + workers, "--unicorn.threads=4");
			pool.awaitReady(workers);
			LoadClient load = this.pools.closing(load(pool));
			load.awaitAnswers(200L * round, TIMEOUT);

			pool.signal("TERM");

			assertThat(pool.exitCode(TIMEOUT)).isZero();
			assertNoConnectionWasReset(load, "round " + round);
		}
	}

	/**
	 * As systemd does by default. In class sync, connections wait in the backlog.
	 */
	@Test
	void termToAllProcessesAtOnceResetsNoConnection() {
		RunningPool pool = start("--unicorn.workers=2", "--unicorn.worker-class=sync");
		pool.awaitReady(2);
		LoadClient load = this.pools
			.closing(pool.load().connectionPerRequest(16).send(LoadRequest.get("/sleep?ms=20")).start());
		load.awaitAnswers(200, TIMEOUT);

		pool.workerPids().forEach((pid) -> pool.signal(pid, "TERM"));
		pool.signal("TERM");

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.output()).doesNotContain("has got SIGTERM from outside the pool", "respawning");
		assertNoConnectionWasReset(load, "all processes");
	}

	/**
	 * A worker with a limit of one connection accepts the next one after that; all others
	 * are in the backlog when the stop begins.
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
		// The first connection that is served stays open and occupies the worker.
		CompletableFuture.anyOf(responses.toArray(CompletableFuture[]::new)).join();

		pool.signal("TERM");
		pool.awaitOutput("stopping: workers finish their requests (SIGTERM)", TIMEOUT);
		connections.stream().filter((connection) -> connection.answered() > 0).forEach(HttpConnection::close);

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(responses).allSatisfy((response) -> assertThat(response).succeedsWithin(TIMEOUT));
		assertThat(responses.stream().map(CompletableFuture::join).filter((response) -> !response.isLast()))
			.as("responses from before the stop reached the worker")
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
		assertNoConnectionWasReset(load, "delayed");
	}

	private RunningPool start(String... args) {
		return this.pools.start(RunningPool.builder().bootingFast().args(args));
	}

	private static LoadClient load(RunningPool pool) {
		return pool.mixedLoad(16).start();
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
	 * Checks that the only problems are connections that were refused after the stop.
	 */
	private static void assertNoConnectionWasReset(LoadClient load, String what) {
		Report report = load.stop();
		System.out.println(what + ": " + report.summary());
		assertThat(report.problems().keySet()).as(what + ": " + report)
			.isSubsetOf(Problem.CONNECT_REFUSED, Problem.CONNECT_TIMEOUT);
		assertThat(report.answered()).isEqualTo(report.sent());
	}

}
