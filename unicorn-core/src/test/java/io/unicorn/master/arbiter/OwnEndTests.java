package io.unicorn.master.arbiter;

import java.time.Duration;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a pool of three workers does when an application ends its process of its own
 * accord.
 */
class OwnEndTests {

	private final SimulatedPool pool = new SimulatedPool(
			SimulatedPool.settings(3, new RolloutSettings(1, 0, Duration.ofSeconds(5)), Duration.ofSeconds(20)), 42);

	private String log() {
		return String.join("\n", this.pool.log());
	}

	private SimulatedPool running() {
		this.pool.start().run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		return this.pool;
	}

	private void report(long id, boolean called) {
		this.pool.receive(id, new Message.Exiting(5, called));
		assertThat(this.pool.effects()).as("the worker goes on when its report is noted")
			.contains(new Effect.Send(id, new Message.Noted(5)));
	}

	private void endsThePool(long id, boolean called) {
		this.pool.ending();
		report(id, called);
	}

	@Test
	void thePoolStopsAtOnceAndEndsWithTheExitCodeOfTheWorker() {
		running().strict();
		int spawns = this.pool.spawns().size();
		endsThePool(2, true);
		this.pool.run(Duration.ofMillis(300));
		assertThat(this.pool.effects()).as("no shutdown-delay")
			.contains(new Effect.CloseListeners(), new Effect.Send(3, new Message.EndConnections()))
			.doesNotContain(new Effect.Send(2, new Message.EndConnections()));
		this.pool.exit(2, 7, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.exitCode()).as(log()).isEqualTo(7);
		assertThat(this.pool.spawns()).hasSize(spawns);
		assertThat(this.pool.snapshot().exits()).containsEntry(ExitReason.ENDED, 1L);
		assertThat(log()).contains("worker 1 (pid 10002) has ended itself, its application has called System.exit")
			.contains("(the application has ended itself)")
			.contains("master stopped, exit code 7");
	}

	@Test
	void theWorkerHasAllTheTimeItNeedsUntilTheMasterIsToldToStop() {
		running();
		endsThePool(2, true);
		this.pool.run(Duration.ofMinutes(10));
		assertThat(this.pool.alive()).isEqualTo(1);
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(29));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.exitCode()).as("killed by signal 9").isEqualTo(137);
	}

	@Test
	void intEndsAWorkerThatDoesNotEndItself() {
		running();
		endsThePool(2, true);
		this.pool.signal(ProcessSignal.INT);
		this.pool.run(Duration.ofSeconds(6));
		assertThat(this.pool.exitCode()).isNotNull();
	}

	@Test
	void anApplicationWhoseThreadsHaveAllEndedStopsThePool() {
		running();
		endsThePool(1, false);
		assertThat(this.pool.snapshot().ready()).as("the exit code decides").isEqualTo(3);
		this.pool.exit(1, 0, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.exitCode()).as(log()).isZero();
		assertThat(log()).contains("; its application has ended itself");
	}

	@Test
	void anUncaughtErrorIsACrash() {
		running();
		report(1, false);
		this.pool.exit(1, 1, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.exitCode()).isNull();
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void anExitWithoutAReportIsACrash() {
		running();
		this.pool.exit(1, 0, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aJobInTheBootOfTheFirstWorkerEndsThePoolWithItsExitCode() {
		this.pool.start().run(Duration.ofMillis(100));
		endsThePool(1, true);
		this.pool.exit(1, 7, 0);
		assertThat(this.pool.exitCode()).isEqualTo(7);
		assertThat(this.pool.spawns()).hasSize(1);
		assertThat(log()).doesNotContain("ERROR").contains("its application has ended itself, the master stops");
	}

	@Test
	void anUncaughtErrorInTheBootOfTheFirstWorkerIsAFailedBoot() {
		this.pool.start().run(Duration.ofMillis(100));
		report(1, false);
		this.pool.exit(1, 1, 0);
		assertThat(this.pool.exitCode()).isEqualTo(1);
		assertThat(log()).contains("ERROR worker failed to boot");
	}

	@Test
	void aReplacementThatEndsItselfInItsBootHasFailedToBoot() {
		running();
		this.pool.exit(1, -1, 9);
		this.pool.run(Duration.ofMillis(100));
		report(4, true);
		this.pool.exit(4, 0, 0);
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsEntry(ExitReason.BOOT_FAILED, 1L);
	}

	@Test
	void aWorkerThatWasToldToLeaveEndsNoPool() {
		running();
		this.pool.retire(1);
		while (this.pool.activeOf(1).contains(1L)) {
			this.pool.run(Duration.ofMillis(10));
		}
		report(1, true);
		this.pool.exit(1, 7, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aStopThatIsUnderWayKeepsItsExitCode() {
		running();
		this.pool.signal(ProcessSignal.TERM);
		report(1, true);
		this.pool.exit(1, 7, 0);
		this.pool.run(Duration.ofSeconds(60));
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void newCodeThatEndsItselfFailsItsRollOutAndTheOldWorkersServeOn() {
		running();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing");
		long canary = this.pool.firstReadyOf(2);
		report(canary, true);
		this.pool.exit(canary, 0, 0);
		this.pool.reach("rolled-back");
		assertThat(this.pool.activeOf(1)).hasSize(3);
		assertThat(this.pool.rollout().reason()).contains("has ended itself, its application has called System.exit");
	}

	@Test
	void newCodeThatIsAJobFailsItsRollOutWhileItBoots() {
		running();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("booting");
		this.pool.run(Duration.ofMillis(100));
		long canary = this.pool.activeOf(2).get(0);
		report(canary, true);
		this.pool.exit(canary, 0, 0);
		assertThat(this.pool.rollout().state()).isEqualTo("rolled-back");
		assertThat(this.pool.rollout().reason()).contains("exit code 0");
	}

	@Test
	void anOldWorkerThatEndsItselfStopsThePoolDuringARollOut() {
		running();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing");
		endsThePool(1, true);
		this.pool.exit(1, 4, 0);
		this.pool.run(Duration.ofSeconds(60));
		assertThat(this.pool.exitCode()).isEqualTo(4);
		assertThat(this.pool.results()).containsExactly("aborted");
	}

	@Test
	void aWorkerThatGetsTermServesOnWhileThePoolStops() {
		running();
		this.pool.script().backlog(3);
		this.pool.terminate(1);
		assertThat(this.pool.effects()).contains(new Effect.Send(1, new Message.Noted(2)));
		this.pool.run(Duration.ofMillis(400));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).as("all take what waits, log: %s", log()).isEqualTo(3);
		assertThat(this.pool.effects()).contains(new Effect.Send(1, new Message.EndConnections()));
		this.pool.script().backlog(0);
		this.pool.run(Duration.ofSeconds(60));
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void aWorkerThatGetsTermAloneIsReplacedAtOnce() {
		running();
		this.pool.terminate(1);
		this.pool.run(Duration.ofMillis(499));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		this.pool.run(Duration.ofMillis(1));
		assertThat(this.pool.spawns()).as("a successor beside the one that drains").hasSize(4);
		assertThat(log()).contains("worker 0 (pid 10001) has got SIGTERM from outside the pool; a successor starts");
		this.pool.run(Duration.ofSeconds(60));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsEntry(ExitReason.TERMINATED, 1L);
	}

	@Test
	void aFirstWorkerThatGetsTermInItsBootIsReplaced() {
		this.pool.start().run(Duration.ofMillis(100));
		this.pool.terminate(1);
		this.pool.run(Duration.ofSeconds(40));
		assertThat(this.pool.exitCode()).isNull();
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aCanaryThatGetsTermFailsItsRollOut() {
		running();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing");
		this.pool.terminate(this.pool.firstReadyOf(2));
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains("has got SIGTERM from outside the pool");
	}

	@Test
	void otherWorkersOfAStartWaitForTheMainMethodOfTheFirst() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofMinutes(5));
		assertThat(this.pool.spawns()).hasSize(1);
		assertThat(log()).containsOnlyOnce("has not returned; other workers start when it has");
		this.pool.receive(1, new Message.MainMethod(""));
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aJobInTheMainMethodRunsOnce() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofSeconds(40));
		endsThePool(1, true);
		this.pool.exit(1, 7, 0);
		assertThat(this.pool.exitCode()).isEqualTo(7);
		assertThat(this.pool.spawns()).hasSize(1);
	}

	@Test
	void aMainMethodThatWaitsForEverHoldsNoWorkerBack() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofSeconds(30));
		this.pool.receive(1, new Message.MainMethod("t.App.main(App.java:12)"));
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(log()).contains("waits at t.App.main(App.java:12) and does not return, other workers start now");
	}

	@Test
	void aMainMethodThatNeverReturnsHoldsOthersBackForTenMinutes() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(MainMethod.LONGEST.plusMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(log()).contains("has not returned within 10 min, other workers start now and run it, too");
	}

	@Test
	void theSuccessorOfAFirstWorkerThatCrashesInItsMainMethodIsAwaited() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofSeconds(30));
		this.pool.exit(1, -1, 9);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.alive()).isEqualTo(1);
		this.pool.receive(2, new Message.MainMethod(""));
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void newCodeIsNotHeldBack() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofSeconds(30));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(2));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void theMasterIsReplacedWhenTheMainMethodHasReturned() {
		this.pool.script().mainReturns(false);
		this.pool.start().run(Duration.ofSeconds(30));
		this.pool.signal(ProcessSignal.USR2);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.effects()).doesNotContain(new Effect.Upgrade());
		this.pool.receive(1, new Message.MainMethod(""));
		assertThat(this.pool.effects()).contains(new Effect.Upgrade());
	}

	@Test
	void anApplicationThatCannotRunAsAPoolIsExecutedWithoutOne() {
		this.pool.start().run(Duration.ofMillis(100));
		this.pool.receive(1, new Message.NoPool("the server is of another kind"));
		report(1, true);
		this.pool.exit(1, 1, 0);
		this.pool.run(Duration.ofSeconds(1));
		assertThat(this.pool.effects()).contains(new Effect.RunWithoutPool("the server is of another kind"));
		assertThat(log()).contains("the application cannot run as a pool").doesNotContain("ERROR", "master stopped");
		assertThat(this.pool.spawns()).hasSize(1);
	}

	@Test
	void aPoolThatIsToldToStopMeanwhileStops() {
		this.pool.start().run(Duration.ofMillis(100));
		this.pool.receive(1, new Message.NoPool("the server is of another kind"));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.exit(1, 1, 0);
		this.pool.run(Duration.ofSeconds(1));
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void aRunningPoolDoesNotEndBecauseAWorkerSaysThatThereIsNone() {
		running();
		this.pool.receive(1, new Message.NoPool("the server is of another kind"));
		this.pool.exit(1, 1, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		endsThePool(2, true);
		this.pool.exit(2, 7, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.exitCode()).as(log()).isEqualTo(7);
	}

}
