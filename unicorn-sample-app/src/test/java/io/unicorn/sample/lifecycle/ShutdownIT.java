package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.StreamSupport;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the ways in which a pool ends.
 */
@OneJdk
class ShutdownIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void termLetsRequestsFinishAndEndsAllProcesses() {
		RunningPool pool = start(2);
		CompletableFuture<Response> request = requestInFlight(pool, 4000);

		pool.signal("TERM");

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.pids()).isEmpty();
		assertThat(request.join().text()).isEqualTo("slept 4000 ms\n");
	}

	@Test
	@Nightly
	void aWorkerThatGetsTermAloneFinishesItsRequestsAndIsReplaced() {
		RunningPool pool = start(1);
		CompletableFuture<Response> request = requestInFlight(pool, 3000);

		pool.workerPids().forEach((pid) -> pool.signal(pid, "TERM"));

		pool.awaitOutput("has got SIGTERM from outside the pool; a successor starts at once", TIMEOUT);
		assertThat(request.join().text()).isEqualTo("slept 3000 ms\n");
		pool.awaitPool("the worker has left",
				(seen) -> seen.path("ready").asInt() == 1 && seen.path("exits").path("terminated").asInt() == 1,
				TIMEOUT);
	}

	@Test
	@Nightly
	void intDoesNotWaitForRequests() {
		RunningPool pool = start(1);
		CompletableFuture<Response> request = requestInFlight(pool, 30_000);

		pool.signal("INT");

		assertThat(pool.exitCode(Duration.ofSeconds(10))).isZero();
		assertThat(pool.pids()).isEmpty();
		assertThat(request).failsWithin(TIMEOUT);
	}

	@Test
	void workersOfAKilledMasterFinishTheirRequestsAndThePortIsFreeAtOnce() {
		RunningPool first = start(2);
		CompletableFuture<Response> request = requestInFlight(first, 5000);

		first.signal("KILL");
		first.exitCode(TIMEOUT);
		RunningPool second = this.pools
			.start(RunningPool.builder().bootingFast().args("--server.port=" + first.port(), "--unicorn.workers=1"));

		assertThat(request.join().text()).isEqualTo("slept 5000 ms\n");
		first.awaitNoProcess(Duration.ofSeconds(10));
		second.awaitReady(1);
		assertThat(second.port()).isEqualTo(first.port());
	}

	private RunningPool start(int workers) {
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().args("--unicorn.workers=" + workers));
		pool.awaitReady(workers);
		return pool;
	}

	/**
	 * Send a request that a worker has begun to serve when this method returns.
	 */
	private static CompletableFuture<Response> requestInFlight(RunningPool pool, int millis) {
		CompletableFuture<Response> response = CompletableFuture.supplyAsync(() -> {
			try {
				return pool.get("/sleep?ms=" + millis);
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		});
		pool.awaitPool("a request in flight", (seen) -> StreamSupport.stream(seen.path("workers").spliterator(), false)
			.anyMatch((worker) -> worker.path("inFlight").asInt() > 0), TIMEOUT);
		return response;
	}

}
