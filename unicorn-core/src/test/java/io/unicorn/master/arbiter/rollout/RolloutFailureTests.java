package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.Deadlines;
import io.unicorn.master.arbiter.Faults;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
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

	private String log() {
		return String.join("\n", this.pool.log());
	}

	private long last() {
		return this.pool.activeOf(2).get(this.pool.activeOf(2).size() - 1);
	}

	private void assertBack(String reason) {
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains(reason);
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(1);
		assertThat(log()).contains("The pool goes back to generation 1").contains("rolled back: 3 workers");
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
				failure("has closed its control connection", (pool, id) -> {
					pool.loseChannel(id);
					pool.run(Deadlines.CHANNEL_LOST_GRACE);
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
		this.pool.reach("observing").script().faults(Faults.none().bootFailures(1));
		this.pool.reach("rolling-back").script().faults(Faults.none());
		assertBack("exit code 1");
	}

	@Test
	void aLaterWorkerThatHangsInBootHasTheTimeoutOfItsOwnConfiguration() {
		this.pool.script().settings(SimulatedPool.withBootTimeout(Duration.ofSeconds(7)));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("observing").script().faults(Faults.none().bootHangs(1));
		this.pool.reach("rolling-back").script().faults(Faults.none());
		assertBack("within its boot-timeout of 7 s");
	}

	@Test
	void repairedCodeDoesNotWaitForOldCodeThatCannotBoot() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").script().faults(Faults.none().bootFailures(1));
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		this.pool.run(Duration.ofMinutes(3));
		assertThat(this.pool.results()).containsExactly("rolling-back");
		this.pool.signal(ProcessSignal.HUP);
		assertThat(log()).contains("roll-back given up: generation 1 does not boot");
		this.pool.script().faults(Faults.none());
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.results()).containsExactly("rolled-back", "succeeded");
		assertThat(this.pool.activeOf(3)).hasSize(3);
		assertThat(this.pool.known()).containsExactly(3);
	}

	@Test
	void theOldNumberOfWorkersComesBack() {
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(Duration.ofSeconds(10));
		this.pool.script().settings(SimulatedPool.settings(7));
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
		this.pool.script().settings(SimulatedPool.settings(7));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling").signal(ProcessSignal.TTOU);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		this.pool.reach("rolled-back");
		assertOld(6);
	}

	@Test
	void theNumberBeforeTheRollOutBeforeDoesNotComeBack() {
		this.pool.script().settings(SimulatedPool.settings(5));
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
	void furtherFailuresDuringARollBackAreNotFailuresOfTheOldCode() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").exit(last(), -1, 9);
		this.pool.reach("rolling-back").exit(last(), -1, 9);
		this.pool.exit(last(), -1, 9);
		assertThat(this.pool.rollout().state()).isEqualTo("rolling-back");
		assertThat(this.pool.activeOf(1)).as("all come back at once, log: %s", log()).hasSize(3);
		assertBack("killed by signal 9");
		assertThat(log()).doesNotContain("in a row");
	}

	@Test
	void oldCodeThatDoesNotBootDuringARollBackIsTriedAgain() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching").exit(last(), -1, 9);
		this.pool.exit(this.pool.activeOf(1).get(0), 1, 0);
		assertBack("killed by signal 9");
	}

	@Test
	void workersThatStillBootAreAbortedAndThoseThatServeAreReplacedFirst() {
		SimulatedPool wide = SimulatedPool
			.running(SimulatedPool.settings(3, new RolloutSettings(2, 0, Duration.ofSeconds(5)), Duration.ZERO));
		wide.signal(ProcessSignal.HUP);
		wide.reach("rolling");
		assertThat(wide.activeOf(2)).as("one is ready, another boots").hasSize(2);
		wide.receive(wide.firstReadyOf(2), new Message.Heartbeat(1000, 0, 0, 0, 0, 1000));
		assertThat(wide.activeOf(2)).hasSize(1);
		wide.reach("rolled-back").run(Duration.ofMinutes(1));
		assertThat(wide.activeOf(1)).hasSize(3);
		assertThat(wide.snapshot().exits()).containsOnlyKeys(ExitReason.RELOAD, ExitReason.ROLLED_BACK)
			.containsEntry(ExitReason.ROLLED_BACK, 2L);
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
