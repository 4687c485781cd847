package io.unicorn.master;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Roll-outs that change the address: the one that is given up is emptied before the last
 * worker leaves it, whichever of the two it is.
 */
class RolloutAddressTests {

	private static final String OLD = "* 8080";

	private static final String NEW = "* 9090";

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private SimulatedPool move() {
		this.pool.addresses = Set.of(NEW);
		this.pool.signal(ProcessSignal.HUP);
		return this.pool;
	}

	private List<Effect.RefuseNew> refused() {
		return this.pool.ordered(Effect.RefuseNew.class);
	}

	private int drains() {
		return (int) this.pool.ordered(Effect.Send.class)
			.stream()
			.filter((send) -> send.message() instanceof Message.Drain)
			.count();
	}

	private SimulatedPool untilRefused(String address) {
		for (int i = 0; i < 60_000 && refused().stream().noneMatch((one) -> one.addresses().contains(address)); i++) {
			this.pool.run(Duration.ofMillis(10));
		}
		assertThat(refused()).contains(new Effect.RefuseNew(Set.of(address)));
		return this.pool;
	}

	@Test
	void anAddressThatStaysIsNeverRefused() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(refused()).isEmpty();
		assertThat(this.pool.ordered(Effect.CountWaiting.class)).isEmpty();
		assertThat(this.pool.ordered(Effect.AdmitNew.class)).isEmpty();
	}

	@Test
	void theOldAddressIsRefusedWhenOnlyOneOldWorkerIsLeft() {
		this.pool.waiting = 7;
		move();
		untilRefused(OLD);
		long last = this.pool.firstReadyOf(1);
		assertThat(this.pool.activeOf(1)).containsExactly(last);
		assertThat(drains()).isEqualTo(2);
		assertThat(this.pool.effects).contains(new Effect.Send(last, new Message.EndConnections()));
		this.pool.run(Duration.ofSeconds(10));
		assertThat(drains()).as("the last one serves while somebody waits").isEqualTo(2);
		this.pool.waiting = 0;
		this.pool.run(Duration.ofSeconds(1));
		assertThat(drains()).isEqualTo(3);
		this.pool.reach("succeeded");
		assertThat(refused()).hasSize(1);
	}

	@Test
	void aQueueThatNeverEmptiesIsLeftAfterHalfTheGracefulTimeout() {
		this.pool.waiting = 7;
		move();
		untilRefused(OLD).run(Duration.ofSeconds(16));
		assertThat(drains()).isEqualTo(3);
		this.pool.reach("succeeded");
		assertThat(this.pool.story().toString())
			.containsOnlyOnce("7 connections that had not been accepted in time cannot be served");
	}

	@Test
	void theOldAddressIsOpenedAgainIfTheNewGenerationFailsMeanwhile() {
		this.pool.waiting = 7;
		move();
		untilRefused(OLD);
		long last = this.pool.firstReadyOf(1);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		assertThat(this.pool.ordered(Effect.AdmitNew.class)).endsWith(new Effect.AdmitNew(Set.of(OLD)));
		this.pool.waiting = 0;
		this.pool.reach("rolled-back").run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(1)).as("who ends every connection is replaced").hasSize(3).doesNotContain(last);
		assertThat(this.pool.activeOf(2)).isEmpty();
	}

	@Test
	void theOldAddressIsOpenedAgainIfTheNewGenerationFailsWhenItIsWatched() {
		move().reach("watching").exit(this.pool.firstReadyOf(2), -1, 9);
		assertThat(this.pool.ordered(Effect.AdmitNew.class)).endsWith(new Effect.AdmitNew(Set.of(OLD)));
		this.pool.reach("rolled-back").run(Duration.ofMinutes(1));
		assertThat(refused()).containsExactly(new Effect.RefuseNew(Set.of(OLD)), new Effect.RefuseNew(Set.of(NEW)));
		assertThat(this.pool.activeOf(1)).hasSize(3);
	}

	@Test
	void theNewAddressIsEmptiedBeforeASickFirstWorkerLeavesIt() {
		this.pool.waiting = 7;
		move().reach("observing");
		long candidate = this.pool.firstReadyOf(2);
		this.pool.receive(candidate, new Message.Health(false, "db is DOWN"));
		assertThat(refused()).containsExactly(new Effect.RefuseNew(Set.of(NEW)));
		assertThat(this.pool.rollout().state()).isEqualTo("rolling-back");
		assertThat(drains()).isZero();
		this.pool.run(Duration.ofSeconds(1));
		assertThat(drains()).isZero();
		this.pool.waiting = 0;
		this.pool.reach("rolled-back");
		assertThat(drains()).isEqualTo(1);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.activeOf(1)).hasSize(3);
		assertThat(this.pool.known()).containsExactly(1);
	}

	@Test
	void aSickFirstWorkerThatCrashesMeanwhileHasNoSuccessor() {
		this.pool.waiting = 7;
		move().reach("observing");
		long candidate = this.pool.firstReadyOf(2);
		this.pool.receive(candidate, new Message.Health(false, "db is DOWN"));
		int spawns = this.pool.spawns().size();
		this.pool.exit(candidate, -1, 9);
		assertThat(this.pool.rollout().state()).isEqualTo("rolled-back");
		assertThat(this.pool.rollout().reason()).contains("db is DOWN");
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.spawns()).hasSize(spawns);
	}

	@Test
	void anAddressThatWasGivenUpIsOpenedAgainForTheNextGeneration() {
		move().reach("succeeded");
		this.pool.addresses = Set.of(OLD);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("booting");
		assertThat(this.pool.ordered(Effect.AdmitNew.class)).endsWith(new Effect.AdmitNew(Set.of(OLD)));
		this.pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(this.pool.activeOf(3)).hasSize(3);
		assertThat(refused()).containsExactly(new Effect.RefuseNew(Set.of(OLD)), new Effect.RefuseNew(Set.of(NEW)));
	}

	@Test
	void aStopMeanwhileEmptiesBothAddresses() {
		this.pool.waiting = 7;
		move();
		untilRefused(OLD).signal(ProcessSignal.TERM);
		assertThat(refused()).endsWith(new Effect.RefuseNew(Set.of(OLD, NEW)));
		this.pool.run(Duration.ofSeconds(31));
		assertThat(this.pool.exitCode()).isZero();
	}

	/** The way back takes place during the long probation of the mended code. */
	@Test
	void anAddressThatFailedCodeLeavesIsNotTakenFromMendedCode() {
		SimulatedPool slow = SimulatedPool
			.running(SimulatedPool.settings(3, new RolloutSettings(3, 0, Duration.ofMinutes(2)), Duration.ZERO));
		slow.addresses = Set.of(NEW);
		slow.signal(ProcessSignal.HUP);
		slow.reach("watching").faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		slow.exit(slow.firstReadyOf(2), -1, 9);
		slow.run(Duration.ofSeconds(10));
		slow.faults = Faults.NONE;
		slow.waiting = 7;
		slow.signal(ProcessSignal.HUP);
		slow.run(Duration.ofMinutes(1));
		assertThat(slow.activeOf(1)).as(String.join("\n", slow.story())).hasSize(3);
		assertThat(slow.ordered(Effect.RefuseNew.class)).doesNotContain(new Effect.RefuseNew(Set.of(NEW)));
		slow.reach("succeeded");
		assertThat(slow.results()).containsExactly("rolled-back", "succeeded");
	}

}
