package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.Faults;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * New code whose preparation or canary fails: no worker is replaced, and the result says
 * why.
 */
class RolloutCanaryTests {

	private static final Faults BOOT_FAILS = Faults.none().bootFailures(1);

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private List<Long> old = List.of();

	@BeforeEach
	void remember() {
		this.old = this.pool.activeOf(1);
		assertThat(this.old).hasSize(3);
	}

	@AfterEach
	void noWorkerWasReplacedAndTheNewGenerationIsGone() {
		this.pool.script().faults(Faults.none());
		this.pool.run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(1)).as(() -> log()).isEqualTo(this.old);
		assertThat(this.pool.alive()).isEqualTo(3);
		assertThat(this.pool.known()).containsExactly(1);
		assertThat(this.pool.snapshot().master().state()).isEqualTo("running");
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(1);
	}

	private String log() {
		return String.join("\n", this.pool.log());
	}

	private void reload() {
		this.pool.signal(ProcessSignal.HUP);
	}

	private long canary() {
		return this.pool.activeOf(2).get(0);
	}

	private void assertFailed(String reason) {
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains(reason);
		assertThat(this.pool.rollout().endedAt()).isNotNull();
		assertThat(log()).contains("The pool stays on generation 1, no worker was replaced");
		// No second attempt is made when faults stop.
		this.pool.script().faults(Faults.none());
		int spawns = this.pool.spawns().size();
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.spawns()).hasSize(spawns);
	}

	@Test
	void aPreparationThatFailsTellsWhatWasPrinted() {
		this.pool.script().preparationFailures(1);
		reload();
		assertFailed("the start of the new code failed with exit code 1");
		assertThat(this.pool.rollout().log()).containsExactly("Error: invalid jarfile");
		assertThat(this.pool.effects(Effect.ForgetGeneration.class)).isEmpty();
	}

	@Test
	void aPreparationThatHangsIsCancelledAtTheBootTimeout() {
		this.pool.script().preparationHangs(true);
		reload();
		this.pool.run(Duration.ofMinutes(2).minusMillis(1));
		assertThat(this.pool.rollout().state()).isEqualTo("preparing");
		this.pool.run(Duration.ofMillis(1));
		assertThat(this.pool.effects(Effect.CancelPreparation.class)).containsExactly(new Effect.CancelPreparation(2));
		assertFailed("did not read its configuration within the boot-timeout of 2 min");
	}

	@Test
	void aPreparationThatSucceedsAfterItWasGivenUpIsForgotten() {
		this.pool.script().preparationHangs(true);
		this.pool.script().preparationIsLate(true);
		reload();
		assertFailed("boot-timeout");
		assertThat(this.pool.effects(Effect.ForgetGeneration.class)).containsExactly(new Effect.ForgetGeneration(2));
	}

	@Test
	void aCanaryThatDoesNotBoot() {
		reload();
		this.pool.script().faults(BOOT_FAILS);
		assertFailed("exit code 1");
	}

	@Test
	void aCanaryThatCannotBeStarted() {
		reload();
		this.pool.script().faults(Faults.none().spawnFailures(1));
		assertFailed("could not be started: posix_spawn: Cannot allocate memory");
	}

	@Test
	void aCanaryThatHangsInBootHasTheTimeoutOfItsOwnConfiguration() {
		this.pool.script().settings(SimulatedPool.withBootTimeout(Duration.ofSeconds(7)));
		reload();
		this.pool.script().faults(Faults.none().bootHangs(1));
		this.pool.reach("booting").run(Duration.ofMillis(6990));
		assertThat(this.pool.rollout().state()).isEqualTo("booting");
		assertFailed("did not become ready within its boot-timeout of 7 s");
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(ExitReason.BOOT_TIMEOUT);
	}

	@Test
	void aCanaryWhoseReadinessCheckNeverPassesIsReportedWithItsDetail() {
		reload();
		this.pool.script().faults(Faults.none().bootHangs(1));
		this.pool.reach("booting").receive(canary(), new Message.Health(false, "db is DOWN"));
		assertFailed("within its boot-timeout of 2 min, db is DOWN");
	}

	@Test
	void aCanaryThatCrashesWhileItIsObserved() {
		reload();
		this.pool.reach("observing").exit(canary(), -1, 9);
		assertFailed("killed by signal 9");
	}

	@Test
	void aCanaryThatFallsSilentWhileItIsObserved() {
		this.pool.script()
			.settings(SimulatedPool.settings(3, new RolloutSettings(1, 0, Duration.ofMinutes(1)), Duration.ZERO));
		reload();
		this.pool.reach("observing").silence(canary());
		assertFailed("is hung, no heartbeat for 30 s");
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(ExitReason.HUNG);
	}

	@Test
	void aCanaryWhoseChannelIsLostWhileItIsObserved() {
		reload();
		this.pool.reach("observing").loseChannel(canary());
		assertFailed("has closed its control connection");
	}

	@Test
	void aCanaryThatIsNotHealthyWhileItIsObserved() {
		reload();
		this.pool.reach("observing").receive(canary(), new Message.Health(false, "db is DOWN"));
		assertFailed("is not healthy: db is DOWN");
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(ExitReason.ROLLED_BACK);
	}

	@Test
	void aReadinessCheckThatFallsSilentFailsFiveSecondsAfterItsLastAnswer() {
		reload();
		this.pool.reach("observing").run(Duration.ofSeconds(3));
		this.pool.script().checksHang(true);
		this.pool.run(Duration.ofMillis(4400));
		assertThat(this.pool.rollout().state()).as(log()).isEqualTo("observing");
		this.pool.run(Duration.ofMillis(700));
		assertThat(this.pool.rollout().state()).isEqualTo("rolled-back");
		assertFailed("its readiness check does not answer");
	}

	@Test
	void aCanaryThatAnswersWithErrors() {
		this.pool.script().badAnswers(1);
		reload();
		assertFailed("10 of 10 answers were errors (5xx), 0 of ");
	}

	@Test
	void errorsOfAnEarlierTimeAreNoMeasure() {
		this.pool.script().badAnswers(1);
		reload();
		this.pool.receive(this.old.get(0), new Message.Heartbeat(100_000, 0, 0, 0, 0, 100_000));
		assertFailed("10 of 10 answers were errors (5xx), 0 of ");
	}

	@Test
	void theBootLogOfAWorkerThatDidNotBootMayComeBeforeItsExit() {
		reload();
		this.pool.script().faults(Faults.none().bootHangs(1));
		long canary = this.pool.reach("booting").activeOf(2).get(0);
		this.pool.receive(canary, new Message.BootLog(List.of("no such bean")));
		this.pool.exit(canary, 1, 0);
		assertThat(this.pool.rollout().log()).containsExactly("no such bean");
		assertFailed("exit code 1");
	}

	@Test
	void theBootLogOfAWorkerThatDidNotBootMayComeAfterItsExit() {
		reload();
		this.pool.script().faults(Faults.none().bootHangs(1));
		long canary = this.pool.reach("booting").activeOf(2).get(0);
		this.pool.exit(canary, 1, 0);
		this.pool.receive(this.old.get(0), new Message.BootLog(List.of("another worker")));
		this.pool.receive(canary, new Message.BootLog(List.of("no such bean")));
		assertThat(this.pool.rollout().log()).containsExactly("no such bean");
		assertFailed("exit code 1");
	}

}
