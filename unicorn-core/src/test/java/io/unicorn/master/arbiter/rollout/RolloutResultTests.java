package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a roll-out leaves behind for the operator.
 */
class RolloutResultTests {

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));

	@Test
	void aResultHasAllSteps() {
		this.pool.signal(ProcessSignal.HUP);
		RolloutInfo begun = this.pool.rollout();
		assertThat(begun).extracting(RolloutInfo::id, RolloutInfo::from, RolloutInfo::to, RolloutInfo::trigger)
			.containsExactly(1L, 1, 2, "SIGHUP");
		assertThat(begun).extracting(RolloutInfo::state, RolloutInfo::code, RolloutInfo::endedAt)
			.containsExactly("preparing", "", null);
		this.pool.reach("succeeded");
		RolloutInfo ended = this.pool.rollout();
		assertThat(ended.startedAt()).isEqualTo(begun.startedAt());
		assertThat(ended.endedAt()).isAfter(ended.startedAt()).isBeforeOrEqualTo(this.pool.now());
		assertThat(ended.code()).isEqualTo("app.jar 00ff");
		assertThat(ended.reason()).isEmpty();
		assertThat(ended.log()).isEmpty();
		assertThat(ended.steps()).isSortedAccordingTo((one, other) -> one.at().compareTo(other.at()))
			.extracting(StepInfo::what)
			.satisfiesExactly((step) -> assertThat(step).isEqualTo("generation 2 is to replace generation 1 (SIGHUP)"),
					(step) -> assertThat(step).startsWith("generation 2 is app.jar 00ff, prepared in "),
					(step) -> assertThat(step).endsWith("is ready, observed as the canary for 5 s"),
					(step) -> assertThat(step).endsWith("passed as the canary, 2 workers to be replaced"),
					(step) -> assertThat(step).endsWith("is ready"),
					(step) -> assertThat(step).startsWith("complete: 2 workers of generation 2 after "));
	}

	@Test
	void theSameCodeIsCalledSo() {
		this.pool.script().identity("one");
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().steps().get(1).what()).endsWith(" ms");
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().steps().get(1).what())
			.endsWith("; it has the same code, settings and JVM flags as generation 2");
		this.pool.script().identity("other");
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().steps().get(1).what()).endsWith(" ms");
	}

	@Test
	void aChangedNumberOfWorkersIsAStep() {
		this.pool.script().settings(SimulatedPool.settings(3));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().steps()).extracting(StepInfo::what)
			.contains("unicorn.workers has changed, the pool has 3 workers from now on");
	}

	@Test
	void withoutObservationTheCanaryIsNotObserved() {
		this.pool.script().settings(SimulatedPool.settings(2, new RolloutSettings(1, 0, Duration.ZERO), Duration.ZERO));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling");
		this.pool.reach("succeeded");
		assertThat(String.join("\n", this.pool.log())).doesNotContain("observed as the canary");
	}

	@Test
	void everyNewWorkerIsCheckedAndTheCanaryIsObserved() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded").exit(this.pool.firstReady(), -1, 9);
		assertThat(this.pool.effects(Effect.Send.class)).extracting(Effect.Send::message)
			.filteredOn(Message.Welcome.class::isInstance)
			.extracting((message) -> ((Message.Welcome) message).awaitsReadiness() + " "
					+ ((Message.Welcome) message).observedMillis())
			.containsExactly("false 0", "false 0", "true 5000", "true 0", "false 0");
	}

	@Test
	void whatAnOldWorkerHasPrintedIsNotKept() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("booting").receive(this.pool.firstReady(), new Message.BootLog(List.of("another worker")));
		this.pool.reach("succeeded");
		assertThat(this.pool.rollout().log()).isEmpty();
	}

	@Test
	void theLatestTenAreKeptNewestFirst() {
		this.pool.script().preparationFailures(1);
		for (int i = 0; i < 12; i++) {
			this.pool.signal(ProcessSignal.HUP);
			this.pool.run(Duration.ofSeconds(5));
		}
		assertThat(this.pool.snapshot().rollouts()).extracting(RolloutInfo::id)
			.containsExactly(12L, 11L, 10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L);
		assertThat(this.pool.rollout().to()).as("a number is given once").isEqualTo(13);
	}

	@Test
	void aLargePoolDoesNotFillTheResult() {
		SimulatedPool large = SimulatedPool
			.running(SimulatedPool.settings(80, new RolloutSettings(40, 0, Duration.ZERO), Duration.ZERO));
		large.signal(ProcessSignal.HUP);
		large.reach("succeeded");
		assertThat(large.rollout().steps()).hasSize(50);
	}

	@Test
	void aGenerationIsForgottenOnceWhenItsLastWorkerHasLeft() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("watching");
		assertThat(this.pool.effects(Effect.ForgetGeneration.class)).isEmpty();
		this.pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(this.pool.effects(Effect.ForgetGeneration.class)).containsExactly(new Effect.ForgetGeneration(1));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(this.pool.effects(Effect.ForgetGeneration.class)).containsExactly(new Effect.ForgetGeneration(1),
				new Effect.ForgetGeneration(2));
	}

}
