package io.unicorn.master;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * New code that fails after others were replaced: all workers come back to the generation
 * before.
 */
class RolloutFailureTests {

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private String story() {
		return String.join("\n", this.pool.story());
	}

	private long last() {
		return this.pool.activeOf(2).get(this.pool.activeOf(2).size() - 1);
	}

	private void assertBack(String reason) {
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains(reason);
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(1);
		assertThat(story()).contains("The pool goes back to generation 1").contains("rolled back: 3 workers");
		assertOld(3);
		this.pool.exit(this.pool.firstReady(), -1, 9);
		this.pool.run(Duration.ofMinutes(1));
		assertOld(3);
		assertThat(this.pool.known()).containsExactly(1);
	}

	private void assertOld(int workers) {
		assertThat(this.pool.snapshot().target()).isEqualTo(workers);
		assertThat(this.pool.activeOf(1)).hasSize(workers);
		assertThat(this.pool.activeOf(2)).isEmpty();
	}

	static Stream<Arguments> failures() {
		return Stream.of(failure("killed by signal 9", (pool, id) -> pool.exit(id, -1, 9)),
				failure("answers were errors (5xx)",
						(pool, id) -> pool.receive(id, new Message.Heartbeat(100_000, 0, 0, 0, 0, 90_000))),
				failure("has closed its control channel", (pool, id) -> {
					pool.loseChannel(id);
					pool.run(Watch.CHANNEL_LOST_PATIENCE);
				}));
	}

	private interface Failure {

		void strike(SimulatedPool pool, long id);

	}

	private static Arguments failure(String reason, Failure failure) {
		return arguments(named(reason, reason), failure);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("failures")
	void aFailureWhileTheOthersAreReplaced(String reason, Failure failure) {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling").run(Duration.ofSeconds(10));
		failure.strike(this.pool, this.pool.firstReadyOf(2));
		assertBack(reason);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("failures")
	void aFailureWhileAllAreWatched(String reason, Failure failure) {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching");
		failure.strike(this.pool, this.pool.firstReadyOf(2));
		assertBack(reason);
	}

	@Test
	void aLaterWorkerThatDoesNotBoot() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing").faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.reach("rolling-back").faults = Faults.NONE;
		assertBack("exit code 1");
	}

	@Test
	void aLaterWorkerThatHangsInBootHasTheTimeoutOfItsOwnConfiguration() {
		this.pool.reported = SimulatedPool.withBootTimeout(Duration.ofSeconds(7));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing").faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		this.pool.reach("rolling-back").faults = Faults.NONE;
		assertBack("within its boot-timeout of 7 s");
	}

	@Test
	void mendedCodeDoesNotWaitForOldCodeThatCannotBoot() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		this.pool.run(Duration.ofMinutes(3));
		assertThat(this.pool.results()).containsExactly("rolling-back");
		this.pool.signal(ProcessSignal.HUP);
		assertThat(story()).contains("the way back is given up, because the code before does not boot");
		this.pool.faults = Faults.NONE;
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.results()).containsExactly("rolled-back", "succeeded");
		assertThat(this.pool.activeOf(3)).hasSize(3);
		assertThat(this.pool.known()).containsExactly(3);
	}

	@Test
	void theOldNumberOfWorkersComesBack() {
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(Duration.ofSeconds(10));
		this.pool.reported = SimulatedPool.settings(7);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling").run(Duration.ofSeconds(1));
		assertThat(this.pool.snapshot().target()).isEqualTo(7);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		assertThat(this.pool.snapshot().target()).isEqualTo(4);
		this.pool.reach("rolled-back");
		assertOld(4);
	}

	@Test
	void aNumberThatASignalHasSetAfterTheNewOneStays() {
		this.pool.reported = SimulatedPool.settings(7);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling").signal(ProcessSignal.TTOU);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		this.pool.reach("rolled-back");
		assertOld(6);
	}

	@Test
	void theNumberBeforeTheRollOutBeforeDoesNotComeBack() {
		this.pool.reported = SimulatedPool.settings(5);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded").signal(ProcessSignal.HUP);
		this.pool.reach("watching").exit(this.pool.firstReadyOf(3), -1, 9);
		this.pool.reach("rolled-back");
		assertThat(this.pool.activeOf(2)).hasSize(5);
	}

	@ParameterizedTest
	@CsvSource({ "TTIN, 4", "TTOU, 2" })
	void aNumberThatASignalHasSetMeanwhileStays(ProcessSignal signal, int workers) {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling").signal(signal);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		this.pool.reach("rolled-back");
		assertOld(workers);
	}

	@Test
	void furtherFailuresOnTheWayBackAreNotFailuresOfTheOldCode() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").exit(last(), -1, 9);
		this.pool.reach("rolling-back").exit(last(), -1, 9);
		this.pool.exit(last(), -1, 9);
		assertThat(this.pool.rollout().state()).isEqualTo("rolling-back");
		assertThat(this.pool.activeOf(1)).as("all come back at once, story: %s", story()).hasSize(3);
		assertBack("killed by signal 9");
		assertThat(story()).doesNotContain("in a row");
	}

	@Test
	void oldCodeThatDoesNotBootOnTheWayBackIsTriedAgain() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").exit(last(), -1, 9);
		this.pool.exit(this.pool.activeOf(1).get(0), 1, 0);
		assertBack("killed by signal 9");
	}

	@Test
	void workersThatStillBootAreCalledOffAndThoseThatServeAreReplacedFirst() {
		SimulatedPool wide = SimulatedPool
			.running(SimulatedPool.settings(3, new RolloutSettings(2, 0, Duration.ofSeconds(5)), Duration.ZERO));
		wide.signal(ProcessSignal.HUP);
		wide.reach("rolling");
		assertThat(wide.activeOf(2)).as("one is ready, another boots").hasSize(2);
		wide.receive(wide.firstReadyOf(2), new Message.Heartbeat(1000, 0, 0, 0, 0, 1000));
		assertThat(wide.activeOf(2)).hasSize(1);
		wide.reach("rolled-back").run(Duration.ofMinutes(1));
		assertThat(wide.activeOf(1)).hasSize(3);
		assertThat(wide.snapshot().exits()).containsOnlyKeys(Verdict.RELOAD, Verdict.ROLLED_BACK)
			.containsEntry(Verdict.ROLLED_BACK, 2L);
	}

	@ParameterizedTest
	@CsvSource({ "preparing", "booting", "observing", "rolling", "watching", "rolling-back" })
	void anOldWorkerThatCrashesBringsNothingDown(String phase) {
		this.pool.signal(ProcessSignal.HUP);
		if (phase.equals("rolling-back")) {
			this.pool.reach("watching").exit(last(), -1, 9);
			this.pool.run(Duration.ofSeconds(10));
		}
		this.pool.reach(phase);
		Consumer<Long> kill = (id) -> this.pool.exit(id, -1, 9);
		this.pool.activeOf(1).stream().findFirst().ifPresent(kill);
		String result = phase.equals("rolling-back") ? "rolled-back" : "succeeded";
		this.pool.reach(result);
		assertThat(this.pool.activeOf(result.equals("succeeded") ? 2 : 1)).hasSize(3);
	}

}
