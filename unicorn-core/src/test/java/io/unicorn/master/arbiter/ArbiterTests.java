package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class ArbiterTests {

	private final SimulatedPool pool = new SimulatedPool(3, 42);

	private SimulatedPool running() {
		this.pool.start().run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		return this.pool;
	}

	private String log() {
		return String.join("\n", this.pool.log());
	}

	@Test
	void theFirstWorkerBootsAlone() {
		this.pool.start();
		assertThat(this.pool.alive()).isEqualTo(1);
		while (this.pool.snapshot().ready() == 0) {
			assertThat(this.pool.alive()).isEqualTo(1);
			this.pool.run(Duration.ofMillis(10));
		}
		assertThat(this.pool.alive()).isEqualTo(3);
	}

	@Test
	void aFirstWorkerThatFailsToBootStopsTheMasterWithItsExitCode() {
		this.pool.script().faults(Faults.none().bootFailures(1));
		this.pool.start().run(Duration.ofSeconds(10));
		assertThat(this.pool.exitCode()).isEqualTo(1);
		assertThat(this.pool.spawns()).hasSize(1);
		assertThat(log()).contains("worker failed to boot").contains("exit code 1");
	}

	@Test
	void aFirstWorkerThatCannotBeSpawnedStopsTheMasterWithThree() {
		this.pool.script().faults(Faults.none().spawnFailures(1));
		this.pool.start().run(Duration.ofSeconds(10));
		assertThat(this.pool.exitCode()).isEqualTo(3);
		assertThat(log()).contains("Cannot allocate memory");
	}

	@Test
	void aCrashedWorkerIsReplacedAtOnce() {
		running();
		int before = this.pool.spawns().size();
		Instant now = this.pool.now();
		this.pool.exit(this.pool.firstReady(), -1, 9);
		assertThat(this.pool.spawns()).hasSize(before + 1);
		assertThat(this.pool.spawns().get(before)).isEqualTo(now);
		assertThat(log()).contains("killed by signal 9 (SIGKILL)").contains("respawning at once");
	}

	@Test
	void severalWorkersKilledTogetherAreAllReplacedAtOnce() {
		running();
		int before = this.pool.spawns().size();
		for (int i = 0; i < 3; i++) {
			this.pool.exit(this.pool.firstReady(), -1, 9);
		}
		assertThat(this.pool.spawns()).hasSize(before + 3);
	}

	@Test
	void repeatedCrashesBackOffAndTheSiblingsServeOn() {
		running();
		this.pool.script().faults(Faults.none().bootFailures(1));
		this.pool.exit(this.pool.firstReady(), 1, 0);
		int before = this.pool.spawns().size();
		this.pool.run(Duration.ofMinutes(10));
		// Waiting 15 to 30 s and failing after some more seconds, it starts 2 to 4
		// workers
		// a minute, and a few more in the beginning.
		assertThat(this.pool.spawns().size() - before).isBetween(15, 50);
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		this.pool.script().faults(Faults.none());
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aQuietMinuteEndsTheBackOff() {
		running();
		for (int i = 0; i < 5; i++) {
			this.pool.run(Duration.ofSeconds(90));
			int before = this.pool.spawns().size();
			this.pool.exit(this.pool.firstReady(), 1, 0);
			assertThat(this.pool.spawns()).hasSize(before + 1);
		}
		assertThat(log()).doesNotContain("in a row");
	}

	@Test
	void aWorkerThatWritesAHeapDumpIsNotHung() {
		running();
		this.pool.dumpHeap(1, Duration.ofMinutes(5));
		this.pool.run(Duration.ofMinutes(6));
		assertThat(this.pool.snapshot().exits()).isEmpty();
		assertThat(log()).containsOnlyOnce("worker 0 (pid 10001) is silent because it writes a heap dump, "
				+ "/tmp/java_pid7.hprof; it is not taken for hung while that grows");
	}

	@Test
	void aWorkerWhoseHeapDumpDoesNotGrowIsHung() {
		running();
		this.pool.silence(1);
		this.pool.script().heapDumpStands(true);
		this.pool.run(Duration.ofSeconds(37));
		assertThat(log()).contains("worker 0 (pid 10001) is hung, no heartbeat for 3");
	}

	@Test
	void aHungWorkerIsDumpedBeforeItIsKilledAndReplacedMeanwhile() {
		running();
		long hung = this.pool.firstReady();
		this.pool.silence(hung);
		this.pool.run(Duration.ofSeconds(28));
		assertThat(log()).doesNotContain("is hung");
		this.pool.run(Duration.ofSeconds(4));
		assertThat(log()).contains("is hung, no heartbeat for 30 s; killing it after its thread dump");
		this.pool.run(Duration.ofSeconds(20));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsEntry(ExitReason.HUNG, 1L);
	}

	@Test
	void aMasterThatWasSuspendedDoesNotBlameItsWorkers() {
		running();
		this.pool.suspend(Duration.ofMinutes(10));
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.snapshot().exits()).isEmpty();
	}

	@Test
	void aRetiringWorkerServesUntilItsReplacementIsReady() {
		running();
		long retiring = this.pool.firstReady();
		this.pool.retire(retiring);
		this.pool.retire(retiring);
		assertThat(this.pool.alive()).isEqualTo(4);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.alive()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys("max-requests").containsEntry("max-requests", 1L);
	}

	@Test
	void aReloadReplacesEveryWorkerAndKeepsTheNumber() {
		running();
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(Duration.ofSeconds(10));
		this.pool.signal(ProcessSignal.HUP);
		assertThat(this.pool.snapshot().master().state()).isEqualTo("reloading");
		this.pool.run(Duration.ofMinutes(3));
		assertThat(this.pool.snapshot().workers()).hasSize(4).extracting(WorkerInfo::generation).containsOnly(2);
		assertThat(this.pool.snapshot().exits()).containsEntry("reload", 4L);
		assertThat(log()).contains("roll-out 1: complete: 4 workers of generation 2");
	}

	@Test
	void ttinHasTheLimitOfTheConfigurationAndBootsNoMoreThanTheProcessorsCarry() {
		SimulatedPool pool = new SimulatedPool(SimulatedPool.settings(PoolSettings.MAX_WORKERS - 1), 42, 2).start();
		pool.signal(ProcessSignal.TTIN);
		assertThat(pool.snapshot().target()).isEqualTo(PoolSettings.MAX_WORKERS);
		pool.signal(ProcessSignal.TTIN);
		assertThat(pool.snapshot().target()).isEqualTo(PoolSettings.MAX_WORKERS);
		assertThat(pool.log()).last().asString().endsWith("WARN a pool has at most 1024 workers, SIGTTIN is ignored");
		pool.run(Duration.ofSeconds(10));
		assertThat(pool.alive() - pool.snapshot().ready()).isEqualTo(2);
	}

	@Test
	void aReloadBringsAChangedNumberOfWorkers() {
		running();
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.script().settings(SimulatedPool.settings(5));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(4));
		assertThat(this.pool.snapshot().target()).isEqualTo(5);
		assertThat(this.pool.snapshot().ready()).isEqualTo(5);
	}

	@Test
	void aReloadWhoseWorkerDoesNotBootLeavesTheOldOnesAlone() {
		running();
		List<Long> before = this.pool.snapshot().workers().stream().map(WorkerInfo::id).toList();
		this.pool.script().faults(Faults.none().bootFailures(1));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.snapshot().workers()).extracting(WorkerInfo::id).isEqualTo(before);
		assertThat(log()).contains("roll-out 1: failed");
		assertThat(this.pool.snapshot().master().state()).isEqualTo("running");
	}

	@Test
	void aStormOfReloadsIsTwoReloads() {
		running();
		for (int i = 0; i < 25; i++) {
			this.pool.signal(ProcessSignal.HUP);
		}
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsEntry("reload", 6L);
	}

	@Test
	void termDuringAReloadStopsEverything() {
		running();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMillis(700));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(31));
		assertThat(this.pool.exitCode()).isEqualTo(0);
	}

	@Test
	void aWorkerThatDoesNotDrainIsKilledAtTheGracefulTimeout() {
		this.pool.script().faults(Faults.none().ignoredStops(1));
		running();
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(29));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.exitCode()).isEqualTo(0);
		assertThat(log()).contains("did not exit within the time it had, killing it");
	}

	@Test
	void intStopsAtOnceAndASecondOneKills() {
		this.pool.script().faults(Faults.none().ignoredStops(1));
		running();
		this.pool.signal(ProcessSignal.INT);
		this.pool.run(Duration.ofSeconds(1));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.signal(ProcessSignal.INT);
		this.pool.run(Duration.ofSeconds(1));
		assertThat(this.pool.exitCode()).isEqualTo(0);
	}

	@Test
	void aWorkerThatHangsDuringAStopHasNoSuccessor() {
		SimulatedPool delayed = SimulatedPool
			.running(SimulatedPool.settings(2, RolloutSettings.DEFAULT, Duration.ofMinutes(2)));
		delayed.signal(ProcessSignal.TERM);
		delayed.silence(delayed.firstReady());
		delayed.run(Duration.ofMinutes(1));
		assertThat(delayed.snapshot().exits()).containsOnlyKeys(ExitReason.HUNG);
		assertThat(String.join("\n", delayed.log())).contains("is hung").doesNotContain("respawning");
		delayed.run(Duration.ofMinutes(2));
		assertThat(delayed.exitCode()).isZero();
	}

	@Test
	void winchDrainsAllAndAReloadBringsThemBack() {
		running();
		this.pool.signal(ProcessSignal.WINCH);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.alive()).isZero();
		assertThat(this.pool.exitCode()).isNull();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void theLatestExitsAreKeptNewestFirst() {
		running();
		this.pool.dumpHeap(1, Duration.ofMinutes(2));
		this.pool.run(Duration.ofMinutes(3));
		this.pool.exit(1, 7, 0);
		assertThat(this.pool.snapshot().lastExits()).singleElement().satisfies((exit) -> {
			assertThat(exit.id()).isEqualTo(1);
			assertThat(exit.pid()).isEqualTo(10001);
			assertThat(exit.reason()).isEqualTo("crashed");
			assertThat(exit.detail()).isEqualTo("exit code 7");
			assertThat(exit.at()).isEqualTo(this.pool.now());
			assertThat(exit.dumpFile()).isEqualTo("/tmp/java_pid7.hprof");
		});
		for (int i = 0; i < ExitHistory.LATEST; i++) {
			this.pool.run(Duration.ofMinutes(3));
			this.pool.exit(this.pool.firstReady(), -1, 9);
		}
		assertThat(this.pool.snapshot().lastExits()).hasSize(ExitHistory.LATEST)
			.extracting(PoolSnapshot.ExitInfo::id)
			.doesNotContain(1L)
			.isSortedAccordingTo(Comparator.reverseOrder());
		assertThat(this.pool.snapshot().exits()).containsEntry("killed", (long) ExitHistory.LATEST);
	}

	@Test
	void theNextMasterKnowsTheLatestExitsAndTheFiguresOfWorkers() {
		running();
		this.pool.exit(1, 7, 0);
		this.pool.run(Duration.ofMinutes(1));
		PoolSnapshot before = this.pool.snapshot();
		this.pool.signal(ProcessSignal.USR2);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(log()).contains("the master was replaced");
		PoolSnapshot after = this.pool.snapshot();
		assertThat(after.lastExits()).isEqualTo(before.lastExits());
		assertThat(after.workers()).extracting(WorkerInfo::readyAt, WorkerInfo::bootMillis)
			.isEqualTo(before.workers().stream().map((worker) -> tuple(worker.readyAt(), worker.bootMillis())).toList())
			.doesNotContain(tuple(null, 0L));
	}

	@Test
	void aWorkerIsDescribedByItsLastHeartbeat() {
		running();
		WorkerInfo worker = this.pool.snapshot().workers().get(0);
		this.pool.silence(worker.id());
		this.pool.receive(worker.id(), new Message.Heartbeat(9, 2, 700, 5, 1 << 20, 3, 1 << 21));
		this.pool.run(Duration.ofMillis(300));
		WorkerInfo described = this.pool.snapshot().workers().get(0);
		assertThat(described.readyAt()).isEqualTo(described.startedAt().plusMillis(described.bootMillis()));
		assertThat(described)
			.isEqualTo(new WorkerInfo(worker.index(), worker.id(), worker.pid(), 1, "ready", true, worker.startedAt(),
					9, 2, 3, 700, 5, worker.readyAt(), worker.bootMillis(), 300, 1 << 20, 1 << 21, 0, 0, 0));
		assertThat(this.pool.snapshot().master().uptimeSeconds()).isEqualTo(this.pool.age().toSeconds());
	}

	@Test
	void ttouNeverGoesBelowOne() {
		running();
		for (int i = 0; i < 10; i++) {
			this.pool.signal(ProcessSignal.TTOU);
		}
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().target()).isEqualTo(1);
		assertThat(this.pool.alive()).isEqualTo(1);
		assertThat(this.pool.leaders()).isEqualTo(1);
	}

	@Test
	void theLeaderIsRenamedWhenItLeaves() {
		running();
		assertThat(this.pool.leaders()).isEqualTo(1);
		long leader = this.pool.snapshot().workers().stream().filter(WorkerInfo::leader).findFirst().orElseThrow().id();
		this.pool.exit(leader, -1, 9);
		assertThat(this.pool.leaders()).isEqualTo(1);
		assertThat(this.pool.snapshot().workers()).filteredOn(WorkerInfo::leader)
			.extracting(WorkerInfo::id)
			.doesNotContain(leader)
			.hasSize(1);
	}

	@Test
	void aWorkerWhoseChannelIsLostIsReplaced() {
		running();
		long id = this.pool.firstReady();
		this.pool.receive(id, new Message.Heartbeat(1, 0, 0, 0, 0, 0));
		this.pool.script().faults(Faults.none());
		int before = this.pool.spawns().size();
		this.pool.loseChannel(id);
		this.pool.run(Duration.ofSeconds(40));
		assertThat(this.pool.spawns()).hasSize(before + 1);
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aConfigurationThatMakesNoSenseIsIgnored() {
		running();
		this.pool.receive(this.pool.firstReady(), new Message.Hello(1, java.util.Map.of("unicorn.workers", "-1")));
		assertThat(log()).contains("reports a configuration that is ignored");
		assertThat(this.pool.snapshot().target()).isEqualTo(3);
	}

}
