package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that holds something that only one process can have: only one worker
 * boots at a time.
 */
class ExclusiveResourceTests {

	private static final String PROBLEM = "seems to hold something that only one process can have";

	private static SimulatedPool onlyOneBoots(int workers) {
		SimulatedPool pool = new SimulatedPool(workers, 42);
		pool.script().onlyOneBoots(true);
		return pool.start();
	}

	private static List<String> told(SimulatedPool pool) {
		return pool.log().stream().filter((line) -> line.contains(PROBLEM)).toList();
	}

	@Test
	void thePoolGoesOnWithTheWorkerThatItHasAndSaysWhyOnce() {
		SimulatedPool pool = onlyOneBoots(3);
		pool.run(Duration.ofHours(5));
		assertThat(pool.snapshot().ready()).isEqualTo(1);
		assertThat(told(pool)).singleElement()
			.asString()
			.contains("WARN", "while worker 0 (pid 10001) serves",
					"printed \"Caused by: java.net.BindException: Address already in use\"", "goes on with 1 worker",
					"https://");
		assertThat(pool.snapshot().problem()).contains(PROBLEM).contains("Address already in use");
		assertThat(pool.exitCode()).isNull();
	}

	@Test
	void attemptsBecomeRareButNeverEnd() {
		SimulatedPool pool = onlyOneBoots(2);
		pool.run(Duration.ofHours(1));
		int first = pool.spawns().size();
		pool.run(Duration.ofHours(1));
		List<Instant> later = pool.spawns().subList(first, pool.spawns().size());
		assertThat(first).isBetween(15, 40);
		assertThat(later).hasSizeBetween(11, 26);
		pool.script().onlyOneBoots(false);
		pool.run(Duration.ofMinutes(6));
		assertThat(pool.snapshot().ready()).isEqualTo(2);
		assertThat(pool.snapshot().problem()).isEmpty();
	}

	@Test
	void aWorkerThatPrintsNothingIsSuspectedLater() {
		SimulatedPool pool = new SimulatedPool(2, 42).start();
		pool.run(Duration.ofMillis(500));
		pool.script().faults(Faults.none().bootFailures(1));
		pool.run(Duration.ofMinutes(5));
		assertThat(told(pool)).singleElement().asString().doesNotContain("printed");
	}

	@Test
	void aPoolThatWasCompleteIsNotSuspectedForCrashes() {
		SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));
		pool.script().faults(Faults.none().bootFailures(1));
		pool.exit(pool.firstReady(), -1, 9);
		pool.run(Duration.ofHours(1));
		assertThat(told(pool)).isEmpty();
		assertThat(pool.snapshot().problem()).isEmpty();
		// The waits do not become longer than usual: a repaired application comes back.
		assertThat(pool.spawns()).hasSizeGreaterThan(120);
	}

	@Test
	void processesThatCannotBeStartedSayNothingOfTheApplication() {
		SimulatedPool pool = new SimulatedPool(2, 42).start();
		pool.run(Duration.ofMillis(500));
		pool.script().faults(Faults.none().spawnFailures(1));
		pool.run(Duration.ofMinutes(10));
		assertThat(told(pool)).isEmpty();
	}

	@Test
	void aSuccessorThatCannotBootBesideItsPredecessorIsToldToo() {
		SimulatedPool pool = onlyOneBoots(1);
		pool.run(Duration.ofMinutes(1));
		pool.retire(pool.firstReady());
		pool.run(Duration.ofHours(1));
		assertThat(told(pool)).hasSize(1);
		assertThat(pool.snapshot().ready()).isEqualTo(1);
		assertThat(pool.spawns()).hasSizeLessThan(40);
	}

	@Test
	void aPoolThatMayMissAWorkerReplacesIt() {
		SimulatedPool pool = new SimulatedPool(
				SimulatedPool.settings(1, new RolloutSettings(0, 1, Duration.ofSeconds(5)), Duration.ZERO), 42);
		pool.script().onlyOneBoots(true);
		pool.start().run(Duration.ofMinutes(1));
		long first = pool.firstReady();
		pool.retire(first);
		pool.run(Duration.ofMinutes(2));
		assertThat(pool.firstReady()).isNotEqualTo(first);
		assertThat(told(pool)).isEmpty();
	}

	@Test
	void aRolloutThatFailsSaysWhatItsWorkerHasPrinted() {
		SimulatedPool pool = onlyOneBoots(1);
		pool.run(Duration.ofMinutes(1));
		pool.signal(ProcessSignal.HUP);
		pool.reach("rolled-back");
		assertThat(pool.rollout().reason()).endsWith("(Caused by: java.net.BindException: Address already in use)");
	}

	@Test
	void theNextMasterSaysItAgain() {
		SimulatedPool pool = onlyOneBoots(2);
		pool.run(Duration.ofMinutes(10));
		pool.signal(ProcessSignal.USR2);
		pool.run(Duration.ofMinutes(20));
		assertThat(pool.log()).anyMatch((line) -> line.contains("the master was replaced"));
		assertThat(told(pool)).hasSize(2);
		assertThat(pool.snapshot().problem()).contains(PROBLEM);
	}

	@Test
	void aWorkerThatEndsBeforeItConnectsHasItsOutputAbove() {
		SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));
		pool.script().faults(Faults.none().bootHangs(1));
		pool.exit(pool.firstReady(), -1, 9);
		pool.run(Duration.ofMillis(100));
		pool.exit(pool.activeOf(1).get(1), 1, 0);
		assertThat(pool.log()).anyMatch((line) -> line.contains(
				" exited before it connected to the master: exit code 1 after 0.1 s, its output is above; respawning"));
	}

	@Test
	void aWorkerThatHasConnectedDoesNot() {
		SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));
		pool.script().faults(Faults.none().bootHangs(1));
		pool.exit(pool.firstReady(), -1, 9);
		pool.run(Duration.ofMillis(100));
		long id = pool.activeOf(1).get(1);
		pool.receive(id, new Message.Started());
		pool.exit(id, 1, 0);
		assertThat(pool.log()).anyMatch((line) -> line.contains(" exited: exit code 1 after 0.1 s; respawning"));
	}

}
