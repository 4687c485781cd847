package io.unicorn.master;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * New code that does not prove itself: nobody is replaced, and the result says why.
 */
class RolloutTrialTests {

	private static final Faults BOOT_FAILS = new Faults(0, 1, 0, 0, 0, 0, 0, 0);

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private List<Long> old = List.of();

	@BeforeEach
	void remember() {
		this.old = this.pool.activeOf(1);
		assertThat(this.old).hasSize(3);
	}

	@AfterEach
	void nobodyWasReplacedAndNothingIsLeft() {
		this.pool.faults = Faults.NONE;
		this.pool.run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(1)).as(() -> story()).isEqualTo(this.old);
		assertThat(this.pool.alive()).isEqualTo(3);
		assertThat(this.pool.known()).containsExactly(1);
		assertThat(this.pool.snapshot().master().state()).isEqualTo("running");
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(1);
	}

	private String story() {
		return String.join("\n", this.pool.story());
	}

	private void reload() {
		this.pool.signal(ProcessSignal.HUP);
	}

	private long candidate() {
		return this.pool.activeOf(2).get(0);
	}

	private void assertFailed(String reason) {
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains(reason);
		assertThat(this.pool.rollout().endedAt()).isNotNull();
		assertThat(story()).contains("The pool stays on generation 1, no worker was replaced");
		// Faults stop, and nobody tries again.
		this.pool.faults = Faults.NONE;
		int spawns = this.pool.spawns().size();
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.spawns()).hasSize(spawns);
	}

	@Test
	void aPreparationThatFailsTellsWhatWasPrinted() {
		this.pool.preparationFails = 1;
		reload();
		assertFailed("the start of the new code failed with exit code 1");
		assertThat(this.pool.rollout().log()).containsExactly("Error: invalid jarfile");
		assertThat(this.pool.ordered(Effect.Forget.class)).isEmpty();
	}

	@Test
	void aPreparationThatHangsIsCancelledAtTheBootTimeout() {
		this.pool.preparationHangs = true;
		reload();
		this.pool.run(Duration.ofMinutes(2).minusMillis(1));
		assertThat(this.pool.rollout().state()).isEqualTo("preparing");
		this.pool.run(Duration.ofMillis(1));
		assertThat(this.pool.ordered(Effect.CancelPreparation.class)).containsExactly(new Effect.CancelPreparation(2));
		assertFailed("did not read its configuration within the boot-timeout of 2 min");
	}

	@Test
	void aPreparationThatSucceedsAfterItWasGivenUpIsForgotten() {
		this.pool.preparationHangs = true;
		this.pool.preparationIsLate = true;
		reload();
		assertFailed("boot-timeout");
		assertThat(this.pool.ordered(Effect.Forget.class)).containsExactly(new Effect.Forget(2));
	}

	@Test
	void aFirstWorkerThatDoesNotBoot() {
		reload();
		this.pool.faults = BOOT_FAILS;
		assertFailed("exit code 1");
	}

	@Test
	void aFirstWorkerThatCannotBeStarted() {
		reload();
		this.pool.faults = new Faults(1, 0, 0, 0, 0, 0, 0, 0);
		assertFailed("could not be started: posix_spawn: Cannot allocate memory");
	}

	@Test
	void aFirstWorkerThatHangsInBootHasTheTimeoutOfItsOwnConfiguration() {
		this.pool.reported = SimulatedPool.withBootTimeout(Duration.ofSeconds(7));
		reload();
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		this.pool.reach("booting").run(Duration.ofMillis(6990));
		assertThat(this.pool.rollout().state()).isEqualTo("booting");
		assertFailed("did not become ready within its boot-timeout of 7 s");
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(Verdict.BOOT_TIMEOUT);
	}

	@Test
	void aFirstWorkerWhoseReadinessCheckNeverPassesSaysWhatItIs() {
		reload();
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		this.pool.reach("booting").receive(candidate(), new Message.Health(false, "db is DOWN"));
		assertFailed("within its boot-timeout of 2 min, db is DOWN");
	}

	@Test
	void aFirstWorkerThatCrashesOnProbation() {
		reload();
		this.pool.reach("observing").exit(candidate(), -1, 9);
		assertFailed("killed by signal 9");
	}

	@Test
	void aFirstWorkerThatFallsSilentOnProbation() {
		this.pool.reported = SimulatedPool.settings(3, new RolloutSettings(1, 0, Duration.ofMinutes(1)), Duration.ZERO);
		reload();
		this.pool.reach("observing").silence(candidate());
		assertFailed("is hung, no heartbeat for 30 s");
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(Verdict.HUNG);
	}

	@Test
	void aFirstWorkerWhoseChannelIsLostOnProbation() {
		reload();
		this.pool.reach("observing").loseChannel(candidate());
		assertFailed("has closed its control channel");
	}

	@Test
	void aFirstWorkerThatIsNotHealthyOnProbation() {
		reload();
		this.pool.reach("observing").receive(candidate(), new Message.Health(false, "db is DOWN"));
		assertFailed("is not healthy: db is DOWN");
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys(Verdict.ROLLED_BACK);
	}

	@Test
	void aReadinessCheckThatFallsSilentFailsFiveSecondsAfterItsLastAnswer() {
		reload();
		this.pool.reach("observing").run(Duration.ofSeconds(3));
		this.pool.checksHang = true;
		this.pool.run(Duration.ofMillis(4400));
		assertThat(this.pool.rollout().state()).as(story()).isEqualTo("observing");
		this.pool.run(Duration.ofMillis(700));
		assertThat(this.pool.rollout().state()).isEqualTo("rolled-back");
		assertFailed("its readiness check does not answer");
	}

	@Test
	void aFirstWorkerThatAnswersWithErrors() {
		this.pool.answersErrors = 1;
		reload();
		assertFailed("10 of 10 answers were errors (5xx), 0 of ");
	}

	@Test
	void errorsOfAnEarlierTimeAreNoMeasure() {
		this.pool.answersErrors = 1;
		reload();
		this.pool.receive(this.old.get(0), new Message.Heartbeat(100_000, 0, 0, 0, 0, 100_000));
		assertFailed("10 of 10 answers were errors (5xx), 0 of ");
	}

	@Test
	void theLastWordsOfAWorkerThatDidNotBootMayComeBeforeItsExit() {
		reload();
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		long candidate = this.pool.reach("booting").activeOf(2).get(0);
		this.pool.receive(candidate, new Message.BootLog(List.of("no such bean")));
		this.pool.exit(candidate, 1, 0);
		assertThat(this.pool.rollout().log()).containsExactly("no such bean");
		assertFailed("exit code 1");
	}

	@Test
	void theLastWordsOfAWorkerThatDidNotBootMayComeAfterItsExit() {
		reload();
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		long candidate = this.pool.reach("booting").activeOf(2).get(0);
		this.pool.exit(candidate, 1, 0);
		this.pool.receive(this.old.get(0), new Message.BootLog(List.of("somebody else")));
		this.pool.receive(candidate, new Message.BootLog(List.of("no such bean")));
		assertThat(this.pool.rollout().log()).containsExactly("no such bean");
		assertFailed("exit code 1");
	}

}
