package io.unicorn.master;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who boots in the background, and until when.
 */
class BootPriorityTests {

	private static final Faults BOOT_HANGS = new Faults(0, 0, 1, 0, 0, 0, 0, 0);

	/** The boot-timeout is 120 s. */
	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private List<Effect.Prioritize> orders() {
		return this.pool.ordered(Effect.Prioritize.class);
	}

	private static Effect.Prioritize background(long id) {
		return new Effect.Prioritize(id, Priority.BACKGROUND);
	}

	private static Effect.Prioritize normal(long id) {
		return new Effect.Prioritize(id, Priority.NORMAL);
	}

	@Test
	void theFirstWorkersBootAsFastAsTheyCan() {
		assertThat(orders()).isEmpty();
	}

	@Test
	void theSuccessorOfACrashedWorkerBootsAsFastAsItCan() {
		this.pool.exit(this.pool.firstReady(), 3, 0);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(orders()).isEmpty();
	}

	@Test
	void whoeverIsAddedBootsAsFastAsItCan() {
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(Duration.ofSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(4);
		assertThat(orders()).isEmpty();
	}

	@Test
	void theSuccessorOfAWorkerThatRetiresBootsInTheBackgroundUntilItIsReady() {
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(30));
		assertThat(orders()).containsExactly(background(4), normal(4));
	}

	@Test
	void aRolloutBootsInTheBackground() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(orders()).containsExactly(background(4), normal(4), background(5), normal(5), background(6),
				normal(6));
	}

	@Test
	void whoeverGetsNowhereInTheBackgroundHasItsShareAfterTenSeconds() {
		this.pool.faults = BOOT_HANGS;
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofMillis(9_900));
		assertThat(orders()).containsExactly(background(4));
		this.pool.run(Duration.ofMillis(200));
		assertThat(orders()).containsExactly(background(4), normal(4));
	}

	@Test
	void aShortBootTimeoutLeavesThreeQuartersForABootThatIsNotKeptInTheBackground() {
		assertThat(BootPriority.patience(SimulatedPool.withBootTimeout(Duration.ofSeconds(20))))
			.isEqualTo(Duration.ofSeconds(5));
		assertThat(BootPriority.patience(SimulatedPool.withBootTimeout(Duration.ZERO)))
			.isEqualTo(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@CsvSource({ "99, 30", "25, 30", "100, 10" })
	void aBootThatMayNotRunAllOfTheTimeHasMoreOfIt(int quota, int seconds) {
		assertThat(BootPriority
			.patience(SimulatedPool.settings(3, new RolloutSettings(1, 0, Duration.ZERO, quota), Duration.ZERO)))
			.isEqualTo(Duration.ofSeconds(seconds));
	}

	@Test
	void whoeverBootsHasItsShareWhenAnotherIsLost() {
		this.pool.faults = BOOT_HANGS;
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(1));
		this.pool.exit(this.pool.firstReady(), 3, 0);
		assertThat(orders()).containsExactly(background(4), normal(4));
	}

	@Test
	void whoeverBootsHasItsShareWhenThePoolStops() {
		this.pool.faults = BOOT_HANGS;
		this.pool.retire(this.pool.firstReady());
		this.pool.run(Duration.ofSeconds(1));
		this.pool.signal(ProcessSignal.TERM);
		assertThat(orders()).containsExactly(background(4), normal(4));
	}

	@Test
	void theWayBackToCodeThatWorksIsUrgent() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("rolling");
		this.pool.receive(4, new Message.Heartbeat(100, 0, 0, 0, 0, 100));
		this.pool.reach("rolling-back");
		int before = orders().size();
		this.pool.reach("rolled-back");
		assertThat(orders().subList(before, orders().size()))
			.noneMatch((order) -> order.priority() == Priority.BACKGROUND);
	}

	@Test
	void aPreparationThatGetsNowhereIsHastened() {
		this.pool.preparationHangs = true;
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofMillis(9_900));
		assertThat(this.pool.ordered(Effect.HastenPreparation.class)).isEmpty();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.ordered(Effect.HastenPreparation.class)).containsExactly(new Effect.HastenPreparation(2));
		this.pool.reach("rolled-back");
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.ordered(Effect.HastenPreparation.class)).hasSize(1);
	}

}
