package io.unicorn.master.arbiter.rollout;

import java.time.Duration;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.arbiter.pool.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What else happens while a roll-out is under way, in each of its phases.
 */
class RolloutInterruptionTests {

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private SimulatedPool in(String phase) {
		this.pool.signal(ProcessSignal.HUP);
		if (phase.equals("rolling-back")) {
			this.pool.reach("watching").exit(this.pool.firstReadyOf(2), -1, 9);
		}
		return this.pool.reach(phase);
	}

	private String log() {
		return String.join("\n", this.pool.log());
	}

	@ParameterizedTest
	@CsvSource({ "preparing, TERM", "booting, TERM", "observing, TERM", "rolling, TERM", "watching, TERM",
			"rolling-back, TERM", "preparing, INT", "booting, INT", "observing, INT", "rolling, INT", "watching, INT",
			"rolling-back, INT" })
	void aStopAbortsIt(String phase, ProcessSignal signal) {
		in(phase).signal(ProcessSignal.HUP);
		this.pool.signal(signal);
		PoolSnapshot.RolloutInfo result = this.pool.rollout();
		assertThat(result.state()).isEqualTo("aborted");
		assertThat(result.reason()).isEqualTo("the master was told to stop");
		assertThat(result.endedAt()).isEqualTo(this.pool.now());
		assertThat(this.pool.snapshot().master().state()).isEqualTo("stopping");
		assertThat(this.pool.effects(Effect.CancelPreparation.class)).hasSize(phase.equals("preparing") ? 1 : 0);
		this.pool.run(Duration.ofSeconds(31));
		assertThat(this.pool.exitCode()).as(log()).isZero();
		assertThat(this.pool.effects(Effect.Prepare.class)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "preparing", "booting", "observing", "rolling", "watching", "rolling-back" })
	void furtherRequestsAreOneThatFollows(String phase) {
		in(phase);
		for (int i = 0; i < 25; i++) {
			this.pool.signal(ProcessSignal.HUP);
			this.pool.run(Duration.ofMillis(i));
		}
		this.pool.run(Duration.ofMinutes(6));
		assertThat(this.pool.results()).containsExactly(phase.equals("rolling-back") ? "rolled-back" : "succeeded",
				"succeeded");
		assertThat(this.pool.activeOf(3)).hasSize(3);
		assertThat(log()).contains("roll-out requested (SIGHUP), it follows when the one that runs is done");
	}

	@Test
	void aRequestThatFollowsAFailureIsNotLost() {
		this.pool.script().preparationFailures(1);
		in("preparing").signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofSeconds(10));
		assertThat(this.pool.results()).containsExactly("rolled-back", "rolled-back");
	}

	@ParameterizedTest
	@CsvSource({ "preparing, TTIN, 4", "booting, TTIN, 4", "observing, TTIN, 4", "rolling, TTIN, 4",
			"watching, TTIN, 4", "preparing, TTOU, 2", "booting, TTOU, 2", "observing, TTOU, 2", "rolling, TTOU, 2",
			"watching, TTOU, 2", "preparing, WINCH, 0", "booting, WINCH, 0", "observing, WINCH, 0", "rolling, WINCH, 0",
			"watching, WINCH, 0" })
	void anotherNumberOfWorkersIsNoObstacle(String phase, ProcessSignal signal, int workers) {
		in(phase).signal(signal);
		this.pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(this.pool.alive()).as(log()).isEqualTo(workers);
		assertThat(this.pool.activeOf(2)).hasSize(workers);
	}

	@ParameterizedTest
	@ValueSource(strings = { "preparing", "booting", "observing", "rolling", "watching" })
	void afterWinchARequestBringsAllBack(String phase) {
		in(phase).signal(ProcessSignal.WINCH);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(6));
		assertThat(this.pool.results()).containsExactly("succeeded", "succeeded");
		assertThat(this.pool.activeOf(3)).hasSize(3);
	}

	@Test
	void onlyHupUndoesWinch() {
		in("rolling");
		this.pool.jarChanged();
		this.pool.signal(ProcessSignal.WINCH);
		this.pool.run(Duration.ofMinutes(6));
		assertThat(this.pool.results()).containsExactly("succeeded", "succeeded");
		assertThat(this.pool.alive()).isZero();
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(4)).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "preparing", "booting", "observing", "rolling", "watching" })
	void aWorkerThatRetiresIsReplacedOnce(String phase) {
		in(phase);
		long retiring = this.pool.firstReady();
		this.pool.retire(retiring);
		this.pool.reach("succeeded").run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(2)).hasSize(3).doesNotContain(retiring);
		assertThat(this.pool.snapshot().exits().values().stream().mapToLong(Long::longValue).sum())
			.as("the first new worker comes before a replacement")
			.isEqualTo((phase.equals("preparing") || phase.equals("watching")) ? 4 : 3);
	}

	@Test
	void aCanaryThatRetiresWhileItIsObservedIsReplacedWhenItIsAccepted() {
		in("observing").retire(this.pool.firstReadyOf(2));
		this.pool.reach("succeeded").run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(2)).hasSize(3);
		assertThat(this.pool.snapshot().exits()).containsEntry("max-requests", 1L).containsEntry(ExitReason.RELOAD, 3L);
	}

	@Test
	void aMasterThatWasSuspendedDoesNotBlameTheReadinessCheck() {
		in("observing").suspend(Duration.ofMinutes(10));
		this.pool.run(Duration.ofMinutes(3));
		assertThat(this.pool.results()).as(log()).containsExactly("succeeded");
	}

	@Test
	void aRequestWhileTheMasterIsReplacedIsDoneByTheNewOne() {
		this.pool.signal(ProcessSignal.USR2);
		long id = ((Message.RolloutReply) this.pool.query(new Message.RolloutRequest(7, "a command"))).rollout();
		assertThat(this.pool.results()).isEmpty();
		this.pool.reach("succeeded");
		assertThat(log()).contains("the master was replaced");
		assertThat(this.pool.rollout().id()).isEqualTo(id);
		assertThat(this.pool.rollout().trigger()).isEqualTo("a command");
	}

	@Test
	void aChangedJarCountsOnlyIfThatIsWanted() {
		this.pool.jarChanged();
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().trigger()).isEqualTo("the jar file has changed");
		SimulatedPool other = SimulatedPool.running(Workers.settings(WorkerClass.GTHREAD, Duration.ofSeconds(30)));
		other.jarChanged();
		assertThat(other.results()).isEmpty();
	}

	@Test
	void aChangedJarDuringAStopCountsForNothing() {
		this.pool.signal(ProcessSignal.TERM);
		this.pool.jarChanged();
		this.pool.signal(ProcessSignal.HUP);
		assertThat(this.pool.results()).isEmpty();
		assertThat(log()).doesNotContain("roll-out");
	}

}
