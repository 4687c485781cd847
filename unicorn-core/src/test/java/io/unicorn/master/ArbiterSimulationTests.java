package io.unicorn.master;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hours of a pool's life with random faults, signals and timing. A failure names its
 * seed; {@code -Dunicorn.seed=N} repeats that one alone.
 */
@Tag("one-jdk")
class ArbiterSimulationTests {

	static LongStream seeds() {
		Long one = Long.getLong("unicorn.seed");
		return (one != null) ? LongStream.of(one) : LongStream.range(0, 80);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void thePoolConvergesWhenFaultsStop(long seed) {
		Random random = new Random(seed);
		int workers = 1 + random.nextInt(6);
		SimulatedPool pool = new SimulatedPool(workers, seed).start();
		pool.run(Duration.ofSeconds(30));
		pool.faults = Faults.ALL;
		pool.cacheKey = "ab";
		pool.trainingFails = 0.3;
		pool.cacheIsRejected = 0.01;
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

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void badCodeIsRolledBackAndGoodCodeComesThrough(long seed) {
		Random random = new Random(seed);
		SimulatedPool pool = new SimulatedPool(randomSettings(random), seed).start();
		pool.run(Duration.ofSeconds(30));
		for (int step = 0; step < 40; step++) {
			change(pool, random);
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			disturb(pool, random);
			assertThat(pool.results().stream().filter(ArbiterSimulationTests::isOpen)).as("roll-outs under way")
				.hasSizeLessThanOrEqualTo(1);
		}
		assertThat(pool.exitCode()).as("the master has not stopped, story: %s", pool.story()).isNull();
		pool.faults = Faults.NONE;
		pool.preparationFails = 0;
		pool.preparationHangs = false;
		pool.sick = 0;
		pool.answersErrors = 0;
		pool.waiting = 0;
		pool.run(Duration.ofMinutes(15));
		pool.signal(ProcessSignal.HUP);
		pool.run(Duration.ofMinutes(10));
		PoolSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.rollouts().get(0).state()).as("the last one, story: %s", pool.story())
			.isEqualTo("succeeded");
		assertThat(pool.results()).noneMatch(ArbiterSimulationTests::isOpen);
		assertThat(snapshot.master().state()).isEqualTo("running");
		assertThat(pool.known()).as("generations, story: %s", pool.story())
			.containsExactly(snapshot.master().generation());
		assertThat(pool.activeOf(snapshot.master().generation())).hasSize(snapshot.target());
		assertThat(pool.alive()).isEqualTo(snapshot.target());
		stopAndCheck(pool, random);
	}

	private static boolean isOpen(String state) {
		return !List.of("succeeded", "rolled-back", "aborted").contains(state);
	}

	/** Change what the next roll-outs bring, and what goes wrong with them. */
	private static void change(SimulatedPool pool, Random random) {
		pool.reported = randomSettings(random);
		pool.addresses = (random.nextInt(3) == 0) ? Set.of("* 9090", "* 9091") : Set.of("* 8080");
		pool.waiting = (random.nextInt(4) == 0) ? random.nextInt(9) : 0;
		pool.faults = (random.nextInt(3) == 0) ? Faults.ALL : Faults.NONE;
		pool.preparationFails = random.nextInt(3) * 0.2;
		pool.preparationHangs = random.nextInt(10) == 0;
		pool.preparationIsLate = random.nextBoolean();
		pool.cacheKey = List.of("", "ab", "cd").get(random.nextInt(3));
		pool.trainingFails = random.nextInt(3) * 0.3;
		pool.cacheIsRejected = random.nextInt(3) * 0.02;
		pool.sick = random.nextInt(3) * 0.2;
		pool.answersErrors = random.nextInt(3) * 0.2;
		if (random.nextInt(3) == 0) {
			pool.jarChanged();
		}
	}

	private static PoolSettings randomSettings(Random random) {
		int maxSurge = random.nextInt(4);
		int maxUnavailable = (maxSurge == 0) ? 1 + random.nextInt(3) : random.nextInt(2);
		Duration observe = Duration.ofSeconds(random.nextInt(3) * 5L);
		return SimulatedPool.settings(1 + random.nextInt(6), new RolloutSettings(maxSurge, maxUnavailable, observe),
				Duration.ofSeconds(random.nextInt(2) * 10L));
	}

	private static void disturb(SimulatedPool pool, Random random) {
		switch (random.nextInt(7)) {
			case 0 -> pool.signal(ProcessSignal.HUP);
			case 1 -> pool.signal(ProcessSignal.TTIN);
			case 2 -> pool.signal(ProcessSignal.TTOU);
			case 3 -> pool.signal(ProcessSignal.USR2);
			case 4 -> {
				if (random.nextInt(5) == 0) {
					pool.signal(ProcessSignal.WINCH);
					pool.run(Duration.ofMillis(random.nextInt(30_000)));
					pool.signal(ProcessSignal.HUP);
				}
			}
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
		// The delay, and the graceful-timeout.
		pool.run(Duration.ofSeconds(41));
		assertThat(pool.exitCode()).as("exit code, story: %s", pool.story()).isEqualTo(0);
	}

}
