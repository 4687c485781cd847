package io.unicorn.sample.rollout;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RolloutView;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests signals during a roll-out: many at once, and those that kill processes.
 */
@OneJdk
class RolloutSignalsIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern BEGUN = Pattern.compile("is to replace generation");

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder().bootingFast().env("UNICORN_ROLLOUT_OBSERVE", "2s"));

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	@Nightly
	void manyHupsCauseAtMostTwoRolloutsAndLoseNoRequest() throws Exception {
		RunningPool pool = SHARED.ready();
		RolloutView before = RolloutView.latest(pool.pool());
		LoadClient load = this.pools.closing(load(pool));

		for (int gap = 0; gap < 25; gap++) {
			pool.signal("HUP");
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(gap));
		}

		RolloutView last = before.awaitNext(pool, TIMEOUT);
		assertThat(last.id() - before.id()).isBetween(1L, 2L);
		assertThat(last.state()).isEqualTo("succeeded");
		load.stop().assertFlawless();
	}

	@Test
	@Nightly
	void aCanaryThatIsKilledWhileItBootsRollsBackAndLeavesThePoolReady() throws Exception {
		RunningPool pool = SHARED.ready();
		RolloutView before = RolloutView.latest(pool.pool());
		LoadClient load = this.pools.closing(load(pool));

		pool.signal("HUP");
		WorkerView first = newest(before.awaitNext(pool, "booting", TIMEOUT), pool);
		pool.signal(first.pid(), "KILL");

		assertRolledBack(before.awaitNext(pool, TIMEOUT), first, pool);
		load.stop().assertFlawless();
	}

	@Test
	void aCanaryThatIsKilledDuringItsObservationRollsBack() throws Exception {
		RunningPool pool = SHARED.ready();
		RolloutView before = RolloutView.latest(pool.pool());

		pool.signal("HUP");
		WorkerView first = newest(before.awaitNext(pool, "observing", TIMEOUT), pool);
		pool.signal(first.pid(), "KILL");

		assertRolledBack(before.awaitNext(pool, TIMEOUT), first, pool);
	}

	@Test
	@Nightly
	void anOldWorkerThatIsKilledMeanwhileDoesNotStopTheRollout() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode present = pool.pool();
		RolloutView before = RolloutView.latest(present);
		int generation = present.path("master").path("generation").asInt();

		pool.signal("HUP");
		before.awaitNext(pool, "observing", TIMEOUT);
		pool.signal(WorkerView.oldest(present).pid(), "KILL");

		assertThat(before.awaitNext(pool, TIMEOUT).state()).isEqualTo("succeeded");
		assertThat(WorkerView.ready(pool.awaitReady(2))).hasSize(2)
			.allMatch((worker) -> worker.generation() > generation);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HUP TERM", "TERM HUP" })
	void hupAndTermTogetherStopThePool(String signals) {
		RunningPool pool = start();

		for (String signal : signals.split(" ", -1)) {
			pool.signal(signal);
		}

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.pids()).isEmpty();
	}

	@Test
	void termEndsTheProcessesThatPrepareARollout() {
		RunningPool pool = start();

		pool.signal("HUP");
		pool.awaitOutput(BEGUN, TIMEOUT);
		pool.signal("TERM");

		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.pids()).isEmpty();
		assertThat(pool.output()).contains("roll-out 1: aborted: the master was told to stop");
	}

	@ParameterizedTest
	@Nightly
	@ValueSource(strings = { "preparing", "observing" })
	void whenTheMasterIsKilledItsWorkersFinishAndAnotherMasterStartsWithTheSameDirectory(String moment)
			throws Exception {
		RunningPool pool = start();
		pool.signal("HUP");
		RolloutView.NONE.awaitNext(pool, moment, TIMEOUT);

		pool.signal("KILL");

		pool.awaitNoProcess(TIMEOUT);
		RunningPool next = this.pools.start(RunningPool.builder()
			.bootingFast()
			// The next pool removes these after ten minutes.
			.mayLeave("plan-" + pool.masterPid() + "-2", "output-" + pool.masterPid() + "-2")
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + pool.workDir(), "--server.port=" + pool.port()));
		next.awaitReady(1);
		assertThat(next.rollOut().state()).isEqualTo("succeeded");
		assertThat(next.stop()).isZero();
	}

	private RunningPool start() {
		RunningPool pool = this.pools.start(
				RunningPool.builder().bootingFast().env("UNICORN_ROLLOUT_OBSERVE", "20s").args("--unicorn.workers=1"));
		pool.awaitReady(1);
		return pool;
	}

	private static LoadClient load(RunningPool pool) {
		return pool.load()
			.keepAlive(4)
			.connectionPerRequest(4)
			.send(LoadRequest.get("/sleep?ms=20"), LoadRequest.echo("unicorn".getBytes(StandardCharsets.US_ASCII)))
			// Booting workers get what the load leaves of the processors.
			.pause(Duration.ofMillis(25))
			.start();
	}

	private static WorkerView newest(RolloutView rollout, RunningPool pool) {
		JsonNode seen = pool.awaitPool("a worker of roll-out " + rollout.id(), (document) -> newest(document) != null,
				TIMEOUT);
		return Objects.requireNonNull(newest(seen));
	}

	private static @Nullable WorkerView newest(JsonNode pool) {
		int generation = pool.path("rollouts").path(0).path("to").asInt();
		return WorkerView.all(pool)
			.stream()
			.filter((worker) -> worker.generation() == generation)
			.findFirst()
			.orElse(null);
	}

	private static void assertRolledBack(RolloutView rollout, WorkerView first, RunningPool pool) throws Exception {
		assertThat(rollout.state()).isEqualTo("rolled-back");
		// A worker that is killed in its first moments has not connected yet.
		assertThat(rollout.reason()).containsPattern(
				first.inLog() + " exited( before it connected to the master)?: killed by signal 9 \\(SIGKILL\\)");
		assertThat(WorkerView.ready(pool.awaitReady(2))).hasSize(2)
			.allMatch((worker) -> worker.generation() < first.generation());
	}

}
