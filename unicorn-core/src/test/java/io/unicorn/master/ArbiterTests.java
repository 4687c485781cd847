package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ArbiterTests {

	private final SimulatedPool pool = new SimulatedPool(3, 42);

	private SimulatedPool running() {
		this.pool.start().run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		return this.pool;
	}

	private String story() {
		return String.join("\n", this.pool.story());
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
	void aFirstWorkerThatFailsToBootStopsTheMasterWithThree() {
		this.pool.faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.start().run(Duration.ofSeconds(10));
		assertThat(this.pool.exitCode()).isEqualTo(3);
		assertThat(this.pool.spawns()).hasSize(1);
		assertThat(story()).contains("worker failed to boot").contains("exit code 1");
	}

	@Test
	void aFirstWorkerThatCannotBeSpawnedStopsTheMasterWithThree() {
		this.pool.faults = new Faults(1, 0, 0, 0, 0, 0, 0, 0);
		this.pool.start().run(Duration.ofSeconds(10));
		assertThat(this.pool.exitCode()).isEqualTo(3);
		assertThat(story()).contains("Cannot allocate memory");
	}

	@Test
	void aFirstWorkerThatHangsInBootIsEndedAtTheBootTimeout() {
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 1, 0, 0);
		this.pool.start().run(Duration.ofSeconds(119));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(40));
		assertThat(this.pool.exitCode()).isEqualTo(3);
		assertThat(story()).contains("boot-timeout of 2 min");
	}

	@Test
	void aCrashedWorkerIsReplacedAtOnce() {
		running();
		int before = this.pool.spawns().size();
		Instant now = this.pool.now();
		this.pool.exit(this.pool.firstReady(), -1, 9);
		assertThat(this.pool.spawns()).hasSize(before + 1);
		assertThat(this.pool.spawns().get(before)).isEqualTo(now);
		assertThat(story()).contains("killed by signal 9 (SIGKILL)").contains("respawning at once");
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
		this.pool.faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.exit(this.pool.firstReady(), 1, 0);
		int before = this.pool.spawns().size();
		this.pool.run(Duration.ofMinutes(10));
		// Waiting 15 to 30 s and failing after some more seconds, it starts 2 to 4
		// workers
		// a minute, and a few more in the beginning.
		assertThat(this.pool.spawns().size() - before).isBetween(15, 50);
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		this.pool.faults = Faults.NONE;
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
		assertThat(story()).doesNotContain("in a row");
	}

	@Test
	void aHungWorkerIsDumpedBeforeItIsKilledAndReplacedMeanwhile() {
		running();
		long hung = this.pool.firstReady();
		this.pool.silence(hung);
		this.pool.run(Duration.ofSeconds(28));
		assertThat(story()).doesNotContain("is hung");
		this.pool.run(Duration.ofSeconds(4));
		assertThat(story()).contains("is hung, no heartbeat for 30 s; killing it after its thread dump");
		this.pool.run(Duration.ofSeconds(20));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.snapshot().exits()).containsEntry(Verdict.HUNG, 1L);
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
		assertThat(story()).contains("roll-out 1: complete: 4 workers of generation 2");
	}

	@Test
	void aReloadBringsAChangedNumberOfWorkers() {
		running();
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.reported = SimulatedPool.settings(5);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(4));
		assertThat(this.pool.snapshot().target()).isEqualTo(5);
		assertThat(this.pool.snapshot().ready()).isEqualTo(5);
	}

	@Test
	void aReloadWhoseWorkerDoesNotBootLeavesTheOldOnesAlone() {
		running();
		List<Long> before = this.pool.snapshot().workers().stream().map(WorkerInfo::id).toList();
		this.pool.faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.snapshot().workers()).extracting(WorkerInfo::id).isEqualTo(before);
		assertThat(story()).contains("roll-out 1: failed");
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
		this.pool.faults = new Faults(0, 0, 0, 0, 0, 1, 0, 0);
		running();
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(29));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.exitCode()).isEqualTo(0);
		assertThat(story()).contains("did not exit within the time it had, killing it");
	}

	@Test
	void intStopsAtOnceAndASecondOneKills() {
		this.pool.faults = new Faults(0, 0, 0, 0, 0, 1, 0, 0);
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
		assertThat(delayed.snapshot().exits()).containsOnlyKeys(Verdict.HUNG);
		assertThat(String.join("\n", delayed.story())).contains("is hung").doesNotContain("respawning");
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
		this.pool.faults = Faults.NONE;
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
		assertThat(story()).contains("reports a configuration that is ignored");
		assertThat(this.pool.snapshot().target()).isEqualTo(3);
	}

}
