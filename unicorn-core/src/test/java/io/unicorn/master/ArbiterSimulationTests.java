package io.unicorn.master;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hours of a pool's life with random faults, signals and timing. A failure names its
 * seed; {@code -Dunicorn.seed=N} repeats that one alone.
 */
class ArbiterSimulationTests {

	static LongStream seeds() {
		Long one = Long.getLong("unicorn.seed");
		return (one != null) ? LongStream.of(one) : LongStream.range(0, 120);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void thePoolConvergesWhenFaultsStop(long seed) {
		Random random = new Random(seed);
		int workers = 1 + random.nextInt(6);
		SimulatedPool pool = new SimulatedPool(workers, seed).start();
		pool.run(Duration.ofSeconds(30));
		pool.faults = Faults.ALL;
		for (int step = 0; step < 120; step++) {
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			disturb(pool, random);
		}
		assertThat(pool.exitCode()).as("the master has not stopped, story: %s", pool.story()).isNull();
		pool.faults = Faults.NONE;
		// Long enough for faults that were planted before: the last back-off, a boot that
		// hangs until its timeout, a silent worker, and a roll over the whole pool.
		pool.run(Duration.ofMinutes(30));
		PoolSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.ready()).as("ready, story: %s", pool.story()).isEqualTo(snapshot.target());
		assertThat(pool.alive()).as("alive, story: %s", pool.story()).isEqualTo(snapshot.target());
		assertThat(pool.leaders()).as("leaders").isEqualTo(1);
		assertThat(snapshot.master().state()).isEqualTo("running");
		stopAndCheck(pool, random);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void withoutFaultsTheReadyWorkersNeverDropBelowTheTarget(long seed) {
		Random random = new Random(seed);
		int workers = 1 + random.nextInt(6);
		SimulatedPool pool = new SimulatedPool(workers, seed).start();
		pool.faults = Faults.RETIREMENTS_ONLY;
		pool.run(Duration.ofSeconds(30));
		int reloads = 0;
		for (int step = 0; step < 4000; step++) {
			pool.run(Duration.ofMillis(random.nextInt(500)));
			if (random.nextInt(400) == 0) {
				pool.signal(ProcessSignal.HUP);
				reloads++;
			}
			assertThat(pool.snapshot().ready()).as("ready at %s, story: %s", pool.now(), pool.story())
				.isGreaterThanOrEqualTo(workers);
			assertThat(pool.alive()).as("alive at %s, story: %s", pool.now(), pool.story())
				.isLessThanOrEqualTo(workers + 1);
		}
		if (reloads > 0) {
			assertThat(pool.snapshot().exits()).containsKey(Verdict.RELOAD);
		}
	}

	private static void disturb(SimulatedPool pool, Random random) {
		switch (random.nextInt(6)) {
			case 0 -> pool.signal(ProcessSignal.HUP);
			case 1 -> pool.signal(ProcessSignal.TTIN);
			case 2 -> pool.signal(ProcessSignal.TTOU);
			case 3 -> pool.signal(ProcessSignal.USR2);
			default -> {
				if (random.nextInt(20) == 0) {
					pool.reported = SimulatedPool.settings(1 + random.nextInt(6));
					pool.signal(ProcessSignal.HUP);
				}
			}
		}
	}

	private static void stopAndCheck(SimulatedPool pool, Random random) {
		if (random.nextBoolean()) {
			pool.signal(ProcessSignal.HUP);
			pool.run(Duration.ofMillis(random.nextInt(5000)));
		}
		pool.signal(ProcessSignal.TERM);
		pool.run(Duration.ofSeconds(31));
		assertThat(pool.exitCode()).as("exit code, story: %s", pool.story()).isEqualTo(0);
	}

}
