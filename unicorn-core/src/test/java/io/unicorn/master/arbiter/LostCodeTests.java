package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows when the code that workers run from is deleted while they run.
 */
class LostCodeTests {

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private void killOne() {
		this.pool.exit(this.pool.firstReady(), -1, 9);
	}

	private List<String> log(String part) {
		return this.pool.log().stream().filter((line) -> line.contains(part)).toList();
	}

	@Test
	void theCodeIsMadeAgainAndTheWorkerFollows() {
		this.pool.loseCode(1);
		killOne();
		killOne();
		this.pool.run(Duration.ofSeconds(20));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.effects(Effect.RestoreCode.class)).containsExactly(new Effect.RestoreCode(1));
		assertThat(log("the code of generation 1 (app.jar 00ff) was deleted")).hasSize(1)
			.first()
			.asString()
			.contains("WARN");
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys("killed");
		assertThat(this.pool.results()).isEmpty();
	}

	@Test
	void otherCodeInItsPlaceIsRolledOutOnce() {
		this.pool.script().restoredCode(0).otherCode("abcd");
		this.pool.loseCode(1);
		killOne();
		this.pool.reach("succeeded");
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.rollout()).extracting(RolloutInfo::trigger).isEqualTo("the code of generation 1 is gone");
		assertThat(this.pool.results()).containsExactly("succeeded");
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(log("the code that is there now is rolled out")).hasSize(1).first().asString().contains("WARN");
	}

	@Test
	void otherCodeThatFailsIsNotTriedAgainAndTheOperatorIsToldOnce() {
		this.pool.script().restoredCode(0).otherCode("abcd").preparationFailures(1);
		this.pool.loseCode(1);
		killOne();
		this.pool.run(Duration.ofMinutes(10));
		assertThat(this.pool.results()).containsExactly("rolled-back");
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		assertThat(log("roll out code that works")).hasSize(1)
			.first()
			.asString()
			.contains("ERROR")
			.contains("2 workers of 3 serve on");
		this.pool.script().preparationFailures(0).otherCode("ef01");
		this.pool.run(Duration.ofMinutes(5));
		assertThat(this.pool.results()).as("other code again").containsExactly("rolled-back", "succeeded");
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aMissingFileIsAwaited() {
		this.pool.script().restoredCode(0);
		this.pool.loseCode(1);
		killOne();
		this.pool.run(Duration.ofMinutes(10));
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		assertThat(log("app.jar does not exist")).hasSize(1);
		assertThat(this.pool.effects(Effect.RestoreCode.class)).hasSizeBetween(20, 60);
		this.pool.script().restoredCode(1);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aRetiringWorkerServesUntilItsSuccessorCanBeStarted() {
		this.pool.script().restoredCode(0);
		this.pool.loseCode(1);
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofMinutes(2));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aRollOutByTheOperatorReplacesWorkersWhoseCodeIsGone() {
		this.pool.script().restoredCode(0);
		this.pool.loseCode(1);
		killOne();
		this.pool.run(Duration.ofSeconds(20));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.known()).containsExactly(2);
	}

	@Test
	void aRollOutWhoseOwnCodeIsGoneFails() {
		this.pool.script().restoredCode(0);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("preparing");
		this.pool.loseCode(2);
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason()).contains("the code of generation 2", "app.jar does not exist");
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
	}

	@Test
	void aRollOutThatFailsLateStaysIfThereIsNoCodeToGoBackTo() {
		this.pool.script().restoredCode(0);
		this.pool.loseCode(1);
		killOne();
		this.pool.run(Duration.ofSeconds(20));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching");
		killOne();
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.results()).containsExactly("aborted");
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(this.pool.activeOf(2)).hasSize(3);
	}

	@Test
	void aPoolWhoseFirstWorkerHasNoCodeEnds() {
		SimulatedPool starting = new SimulatedPool(2, 1);
		starting.script().restoredCode(0);
		starting.loseCode(1);
		starting.start().run(Duration.ofSeconds(30));
		assertThat(starting.exitCode()).isEqualTo(3);
	}

}
