package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.BootPriority;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Priority;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which workers boot in the background, and until when.
 */
class BootPriorityTests {

	private static final Faults BOOT_HANGS = Faults.none().bootHangs(1);

	/** The boot-timeout is 120 s. */
	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private List<Effect.SetPriority> priorities() {
		return this.pool.effects(Effect.SetPriority.class);
	}

	private static Effect.SetPriority background(long id) {
		return new Effect.SetPriority(id, Priority.BACKGROUND);
	}

	private static Effect.SetPriority normal(long id) {
		return new Effect.SetPriority(id, Priority.NORMAL);
	}

	@Test
	void theFirstWorkersBootAsFastAsTheyCan() {
		assertThat(priorities()).isEmpty();
	}

	@Test
	void theSuccessorOfACrashedWorkerBootsAsFastAsItCan() {
		this.pool.exit(this.pool.firstReady(), 3, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(priorities()).isEmpty();
	}

	@Test
	void anAddedWorkerBootsAsFastAsItCan() {
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(4);
		assertThat(priorities()).isEmpty();
	}

	@Test
	void theSuccessorOfAWorkerThatRetiresBootsInTheBackgroundUntilItIsReady() {
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(30));
		assertThat(priorities()).containsExactly(background(4), normal(4));
	}

	@Test
	void aRolloutBootsInTheBackground() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(priorities()).containsExactly(background(4), normal(4), background(5), normal(5), background(6),
				normal(6));
	}

	@Test
	void aBootInTheBackgroundGetsTheNormalPriorityAfterTenSeconds() {
		this.pool.script().faults(BOOT_HANGS);
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofMillis(9_900));
		assertThat(priorities()).containsExactly(background(4));
		this.pool.run(Duration.ofMillis(200));
		assertThat(priorities()).containsExactly(background(4), normal(4));
	}

	@Test
	void aShortBootTimeoutLeavesThreeQuartersForABootThatIsNotKeptInTheBackground() {
		assertThat(BootPriority.longest(SimulatedPool.withBootTimeout(Duration.ofSeconds(20))))
			.isEqualTo(Duration.ofSeconds(5));
		assertThat(BootPriority.longest(SimulatedPool.withBootTimeout(Duration.ZERO)))
			.isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void aBootInTheBackgroundGetsTheNormalPriorityWhenAnotherIsLost() {
		this.pool.script().faults(BOOT_HANGS);
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(1));
		this.pool.exit(this.pool.firstReady(), 3, 0);
		assertThat(priorities()).containsExactly(background(4), normal(4));
	}

	@Test
	void aBootInTheBackgroundGetsTheNormalPriorityWhenThePoolStops() {
		this.pool.script().faults(BOOT_HANGS);
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(1));
		this.pool.signal(ProcessSignal.TERM);
		assertThat(priorities()).containsExactly(background(4), normal(4));
	}

	@Test
	void aRollBackDoesNotBootInTheBackground() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling");
		this.pool.receive(4, new Message.Heartbeat(100, 0, 0, 0, 0, 100));
		this.pool.reach("rolling-back");
		int before = priorities().size();
		this.pool.reach("rolled-back");
		assertThat(priorities().subList(before, priorities().size()))
			.noneMatch((effect) -> effect.priority() == Priority.BACKGROUND);
	}

	@Test
	void aSlowPreparationGetsTheNormalPriority() {
		this.pool.script().preparationHangs(true);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMillis(9_900));
		assertThat(this.pool.effects(Effect.RaisePreparationPriority.class)).isEmpty();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.effects(Effect.RaisePreparationPriority.class))
			.containsExactly(new Effect.RaisePreparationPriority(2));
		this.pool.reach("rolled-back");
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.effects(Effect.RaisePreparationPriority.class)).hasSize(1);
	}

}
