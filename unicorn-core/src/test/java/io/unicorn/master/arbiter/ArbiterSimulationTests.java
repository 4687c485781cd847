package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hours of a pool's life with random faults, signals and timing. A failure names its
 * seed; {@code -Dunicorn.seed=N} repeats that one alone, and {@code -Dunicorn.seeds=N}
 * runs the seeds 0 to N-1 instead of the usual 80. With {@code -Dunicorn.hours=N}, one
 * more test runs seeds until their pools have lived for so many hours.
 */
@Tag("one-jdk")
class ArbiterSimulationTests {

	/** Exit codes that a pool may have: those of the simulated workers, and 3. */
	private static final List<Integer> ENDS = List.of(0, 1, 3, 7, 143);

	static LongStream seeds() {
		Long one = Long.getLong("unicorn.seed");
		return (one != null) ? LongStream.of(one) : LongStream.range(0, Long.getLong("unicorn.seeds", 80));
	}

	@Test
	@EnabledIfSystemProperty(named = "unicorn.hours", matches = "\\d+")
	void thousandsOfHours() throws Exception {
		List<LongFunction<SimulatedPool>> lives = List.of(ArbiterSimulationTests::converge,
				ArbiterSimulationTests::serveWithoutFaults, ArbiterSimulationTests::rollOut,
				ArbiterSimulationTests::beginWithFaults);
		long wanted = Duration.ofHours(Long.getLong("unicorn.hours")).toSeconds();
		AtomicLong lived = new AtomicLong();
		AtomicLong seeds = new AtomicLong(Long.getLong("unicorn.seed", 1000));
		long start = System.nanoTime();
		Callable<Long> live = () -> {
			while (lived.get() < wanted) {
				long seed = seeds.getAndIncrement();
				for (LongFunction<SimulatedPool> life : lives) {
					try {
						lived.addAndGet(life.apply(seed).age().toSeconds());
					}
					catch (RuntimeException | AssertionError ex) {
						lived.set(wanted);
						throw new AssertionError("failed with -Dunicorn.seed=" + seed, ex);
					}
				}
			}
			return lived.get();
		};
		ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
		try {
			int tasks = Runtime.getRuntime().availableProcessors();
			for (Future<Long> task : threads.invokeAll(Collections.nCopies(tasks, live))) {
				assertThat(task.get()).isGreaterThanOrEqualTo(wanted);
			}
		}
		finally {
			threads.shutdownNow();
		}
		System.out.printf("simulated %d hours in %d s, up to seed %d%n", lived.get() / 3600,
				(System.nanoTime() - start) / 1_000_000_000, seeds.get() - 1);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void thePoolConvergesWhenFaultsStop(long seed) {
		assertThat(converge(seed).exitCode()).isZero();
	}

	private static SimulatedPool converge(long seed) {
		Random random = new Random(seed);
		int workers = 1 + random.nextInt(6);
		SimulatedPool pool = new SimulatedPool(SimulatedPool.settings(workers), seed, processors(seed));
		if (seed % 2 == 1) {
			pool.withHooks();
		}
		pool.start();
		pool.run(Duration.ofMinutes(1));
		pool.script().faults(Faults.mixed());
		pool.script().cacheKey("ab");
		pool.script().trainingFailures(0.3);
		pool.script().cacheRejections(0.01);
		pool.script().lostCode(0.1).restoredCode(0.5);
		for (int step = 0; step < 120; step++) {
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			pool.script().otherCode((random.nextInt(10) == 0) ? "code " + step : "");
			disturb(pool, random);
		}
		assertThat(pool.exitCode()).as("the master has not stopped, log: %s", pool.log()).isNull();
		repair(pool);
		// Long enough for faults that were planted before: the last back-off, a boot that
		// hangs until its timeout, a silent worker, and a roll over the whole pool.
		pool.run(Duration.ofMinutes(30));
		PoolSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.ready()).as("ready, log: %s", pool.log()).isEqualTo(snapshot.target());
		assertThat(pool.alive()).as("alive, log: %s", pool.log()).isEqualTo(snapshot.target());
		assertThat(pool.leaders()).as("leaders").isEqualTo(1);
		assertThat(snapshot.master().state()).isEqualTo("running");
		stopAndCheck(pool, random);
		return pool;
	}

	/**
	 * The first worker decides: if it does not boot, the master stops with its exit code,
	 * or 3 if it has none, and if it does, however long that takes, the pool becomes
	 * complete.
	 */
	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void aPoolThatBeginsWithFaultsStopsOrBecomesComplete(long seed) {
		assertThat(beginWithFaults(seed).exitCode()).isIn(ENDS);
	}

	private static SimulatedPool beginWithFaults(long seed) {
		Random random = new Random(seed);
		SimulatedPool pool = new SimulatedPool(1 + random.nextInt(6), seed);
		pool.script().faults((random.nextInt(3) == 0) ? Faults.none() : Faults.mixed().bootFailures(0.3));
		pool.script().slowBoots(random.nextInt(3) == 0);
		pool.script().onlyOneBoots(random.nextInt(3) == 0);
		pool.start();
		for (int step = 0; step < 20 && pool.exitCode() == null; step++) {
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			strike(pool, random);
		}
		if (pool.exitCode() != null) {
			assertThat(pool.exitCode()).as("log: %s", pool.log()).isIn(ENDS);
			assertThat(String.join("\n", pool.log())).contains("worker failed to boot", "the master stops");
			return pool;
		}
		repair(pool);
		pool.run(Duration.ofMinutes(30));
		if (pool.exitCode() == null) {
			// A first worker that hangs has no boot-timeout; the user stops the pool.
			if (!pool.snapshot().master().state().equals("starting")) {
				assertThat(pool.snapshot().ready()).as("log: %s", pool.log()).isEqualTo(pool.snapshot().target());
				assertThat(pool.snapshot().problem()).isEmpty();
			}
			stopAndCheck(pool, random);
		}
		return pool;
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void withoutFaultsTheReadyWorkersNeverDropBelowTheTarget(long seed) {
		assertThat(serveWithoutFaults(seed).exitCode()).isNull();
	}

	private static SimulatedPool serveWithoutFaults(long seed) {
		Random random = new Random(seed);
		int workers = 1 + random.nextInt(6);
		SimulatedPool pool = new SimulatedPool(SimulatedPool.settings(workers), seed, processors(seed)).start();
		pool.script().faults(Faults.none().retirements(1));
		pool.run(Duration.ofMinutes(1));
		int reloads = 0;
		for (int step = 0; step < 4000; step++) {
			pool.run(Duration.ofMillis(random.nextInt(500)));
			if (random.nextInt(400) == 0) {
				pool.signal(ProcessSignal.HUP);
				reloads++;
			}
			assertThat(pool.snapshot().ready()).as("ready at %s, log: %s", pool.now(), pool.log())
				.isGreaterThanOrEqualTo(workers);
			assertThat(pool.alive()).as("alive at %s, log: %s", pool.now(), pool.log())
				.isLessThanOrEqualTo(workers + 1);
		}
		if (reloads > 0) {
			assertThat(pool.snapshot().exits()).containsKey(ExitReason.RELOAD);
		}
		return pool;
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void badCodeIsRolledBackAndGoodCodeComesThrough(long seed) {
		assertThat(rollOut(seed).exitCode()).isZero();
	}

	private static SimulatedPool rollOut(long seed) {
		Random random = new Random(seed);
		SimulatedPool pool = new SimulatedPool(randomSettings(random), seed, processors(seed)).start();
		pool.run(Duration.ofMinutes(1));
		for (int step = 0; step < 40; step++) {
			change(pool, random);
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			disturb(pool, random);
			assertThat(pool.results().stream().filter(ArbiterSimulationTests::isOpen)).as("roll-outs under way")
				.hasSizeLessThanOrEqualTo(1);
		}
		assertThat(pool.exitCode()).as("the master has not stopped, log: %s", pool.log()).isNull();
		repair(pool);
		pool.run(Duration.ofMinutes(30));
		pool.signal(ProcessSignal.HUP);
		pool.run(Duration.ofMinutes(10));
		PoolSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.rollouts().get(0).state()).as("the last one, log: %s", pool.log()).isEqualTo("succeeded");
		assertThat(pool.results()).noneMatch(ArbiterSimulationTests::isOpen);
		assertThat(snapshot.master().state()).isEqualTo("running");
		assertThat(pool.known()).as("generations, log: %s", pool.log()).containsExactly(snapshot.master().generation());
		assertThat(pool.activeOf(snapshot.master().generation())).hasSize(snapshot.target());
		assertThat(pool.alive()).isEqualTo(snapshot.target());
		stopAndCheck(pool, random);
		return pool;
	}

	/** Let nothing go wrong from now on. */
	private static void repair(SimulatedPool pool) {
		pool.script()
			.faults(Faults.none())
			.onlyOneBoots(false)
			.slowBoots(false)
			.preparationFailures(0)
			.preparationHangs(false)
			.badAnswers(0)
			.backlog(0)
			.sickCode(0)
			.lostCode(0)
			.restoredCode(1)
			.migration(Duration.ZERO);
	}

	/** Something that comes from outside, or that holds for a while. */
	private static void strike(SimulatedPool pool, Random random) {
		long worker = pool.any(random);
		switch (random.nextInt(10)) {
			// Another process tells a worker to stop, or it exits of its own accord.
			case 0 -> pool.exit(worker, 143, 0);
			case 1 -> pool.exit(worker, random.nextInt(2) * 7, 0);
			// The machine sleeps.
			case 2 -> pool.suspend(Duration.ofMillis(random.nextInt(600_000)));
			// No process can be started for a while, or no file written.
			case 3 -> during(pool, random,
					(script, on) -> script.faults(on ? Faults.none().spawnFailures(1) : Faults.mixed()));
			case 4 -> during(pool, random, (script, on) -> script.preparationFailures(on ? 1 : 0));
			case 5 -> during(pool, random, Script::onlyOneBoots);
			case 6 -> during(pool, random, Script::slowBoots);
			case 7 -> flood(pool, worker, random);
			// Signals that were queued arrive at once.
			case 8 -> {
				for (int i = random.nextInt(30); i > 0; i--) {
					pool.signal(List
						.of(ProcessSignal.HUP, ProcessSignal.TTIN, ProcessSignal.TTOU, ProcessSignal.USR1,
								ProcessSignal.USR2)
						.get(random.nextInt(5)));
				}
			}
			default -> {
				// A quiet time.
			}
		}
	}

	private static void during(SimulatedPool pool, Random random, BiConsumer<Script, Boolean> fault) {
		fault.accept(pool.script(), true);
		pool.run(Duration.ofMillis(random.nextInt(300_000)));
		fault.accept(pool.script(), false);
	}

	/**
	 * A worker sends what it likes, as often as it likes, or the clients of the pool ask.
	 */
	private static void flood(SimulatedPool pool, long worker, Random random) {
		for (int i = random.nextInt(1000); i > 0; i--) {
			switch (random.nextInt(7)) {
				case 0 -> pool.receive(worker, new Message.PoolQuery(i));
				case 1 -> pool.receive(worker, new Message.Heartbeat(i, i, i, i, i, i));
				case 2 -> pool.receive(worker, new Message.Health(i % 2 == 0, "db is DOWN"));
				case 3 -> pool.receive(worker, new Message.BootLog(List.of("already in use")));
				case 4 -> pool.receive(worker, new Message.Drained(i));
				case 5 -> pool.deliver(new Event.Query(i, new Message.PoolQuery(i)));
				default -> pool.receive(worker, new Message.Started());
			}
		}
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void anApplicationThatEndsItselfEndsThePoolOnce(long seed) {
		Random random = new Random(seed);
		SimulatedPool pool = new SimulatedPool(1 + random.nextInt(6), seed).start();
		pool.script().mainReturns(random.nextBoolean());
		pool.run(Duration.ofSeconds(30));
		pool.script().faults(Faults.mixed().ignoredStops(0).hangs(0));
		for (int step = 0; step < 10; step++) {
			pool.run(Duration.ofMillis(random.nextInt(60_000)));
			disturb(pool, random);
		}
		pool.script().mainReturns(true).faults(Faults.none());
		pool.run(Duration.ofMinutes(15));
		boolean newCode = random.nextInt(3) == 0;
		if (newCode) {
			pool.signal(ProcessSignal.HUP);
			pool.reach("observing");
		}
		int generation = newCode ? pool.rollout().to() : pool.snapshot().master().generation();
		if (!newCode) {
			pool.ending();
		}
		pool.endItself(pool.firstReadyOf(generation), 7);
		if (newCode) {
			pool.reach("rolled-back");
			pool.run(Duration.ofMinutes(5));
			assertThat(pool.snapshot().ready()).as("ready, log: %s", pool.log()).isEqualTo(pool.snapshot().target());
			stopAndCheck(pool, random);
			return;
		}
		if (random.nextBoolean()) {
			pool.run(Duration.ofMillis(random.nextInt(5000)));
			pool.signal(ProcessSignal.TERM);
		}
		pool.run(Duration.ofSeconds(91));
		assertThat(pool.exitCode()).as("exit code, log: %s", pool.log()).isEqualTo(7);
	}

	private static boolean isOpen(String state) {
		return !List.of("succeeded", "rolled-back", "aborted").contains(state);
	}

	/** Change what the next roll-outs bring, and what goes wrong with them. */
	private static void change(SimulatedPool pool, Random random) {
		pool.script().settings(randomSettings(random));
		pool.script().addresses((random.nextInt(3) == 0) ? Set.of("* 9090", "* 9091") : Set.of("* 8080"));
		pool.script().migration(Duration.ofSeconds((random.nextInt(4) == 0) ? random.nextInt(900) : 0));
		pool.script().backlog((random.nextInt(4) == 0) ? random.nextInt(9) : 0);
		pool.script().faults((random.nextInt(3) == 0) ? Faults.mixed() : Faults.none());
		pool.script().preparationFailures(random.nextInt(3) * 0.2);
		pool.script().preparationHangs(random.nextInt(10) == 0);
		pool.script().preparationIsLate(random.nextBoolean());
		pool.script().cacheKey(List.of("", "ab", "cd").get(random.nextInt(3)));
		pool.script().trainingFailures(random.nextInt(3) * 0.3);
		pool.script().cacheRejections(random.nextInt(3) * 0.02);
		pool.script().sickCode(random.nextInt(3) * 0.2);
		pool.script().lostCode(random.nextInt(3) * 0.1).restoredCode(random.nextInt(3) * 0.5);
		pool.script().otherCode(List.of("", "ab", "cd").get(random.nextInt(3)));
		pool.script().badAnswers(random.nextInt(3) * 0.2);
		if (random.nextInt(3) == 0) {
			pool.jarChanged();
		}
	}

	private static int processors(long seed) {
		return (int) (1 + seed % 4);
	}

	private static PoolSettings randomSettings(Random random) {
		int maxSurge = random.nextInt(4);
		int maxUnavailable = (maxSurge == 0) ? 1 + random.nextInt(3) : random.nextInt(2);
		Duration observe = Duration.ofSeconds(random.nextInt(3) * 5L);
		return SimulatedPool.settings(1 + random.nextInt(6), new RolloutSettings(maxSurge, maxUnavailable, observe),
				Duration.ofSeconds(random.nextInt(2) * 10L));
	}

	private static void disturb(SimulatedPool pool, Random random) {
		if (random.nextInt(4) == 0) {
			strike(pool, random);
		}
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
					pool.script().settings(SimulatedPool.settings(1 + random.nextInt(6)));
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
		if (random.nextBoolean()) {
			// As systemd does; the order is random.
			pool.terminateAll();
			pool.run(Duration.ofMillis(random.nextInt(500)));
		}
		pool.signal(ProcessSignal.TERM);
		// The delay, and the graceful-timeout.
		pool.run(Duration.ofSeconds(41));
		assertThat(pool.exitCode()).as("exit code, log: %s", pool.log()).isEqualTo(0);
	}

}
