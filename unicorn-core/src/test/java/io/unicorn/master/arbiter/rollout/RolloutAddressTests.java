package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.Faults;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
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
		this.pool.script().addresses(Set.of(NEW));
		this.pool.signal(ProcessSignal.HUP);
		return this.pool;
	}

	private List<Effect.BlockNewConnections> refused() {
		return this.pool.effects(Effect.BlockNewConnections.class);
	}

	private int drains() {
		return (int) this.pool.effects(Effect.Send.class)
			.stream()
			.filter((send) -> send.message() instanceof Message.Drain)
			.count();
	}

	private SimulatedPool untilRefused(String address) {
		for (int i = 0; i < 60_000 && refused().stream().noneMatch((one) -> one.addresses().contains(address)); i++) {
			this.pool.run(Duration.ofMillis(10));
		}
		assertThat(refused()).contains(new Effect.BlockNewConnections(Set.of(address)));
		return this.pool;
	}

	@Test
	void anAddressThatStaysIsNeverRefused() {
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(refused()).isEmpty();
		assertThat(this.pool.effects(Effect.CountBacklog.class)).isEmpty();
		assertThat(this.pool.effects(Effect.AdmitNewConnections.class)).isEmpty();
	}

	@Test
	void theOldAddressIsRefusedWhenOnlyOneOldWorkerIsLeft() {
		this.pool.script().backlog(7);
		move();
		untilRefused(OLD);
		long last = this.pool.firstReadyOf(1);
		assertThat(this.pool.activeOf(1)).containsExactly(last);
		assertThat(drains()).isEqualTo(2);
		assertThat(this.pool.effects()).contains(new Effect.Send(last, new Message.EndConnections()));
		this.pool.run(Duration.ofSeconds(10));
		assertThat(drains()).as("the last one serves while connections wait").isEqualTo(2);
		this.pool.script().backlog(0);
		this.pool.run(Duration.ofSeconds(1));
		assertThat(drains()).isEqualTo(3);
		this.pool.reach("succeeded");
		assertThat(refused()).hasSize(1);
	}

	@Test
	void aQueueThatNeverEmptiesIsLeftAfterHalfTheGracefulTimeout() {
		this.pool.script().backlog(7);
		move();
		untilRefused(OLD).run(Duration.ofSeconds(16));
		assertThat(drains()).isEqualTo(3);
		this.pool.reach("succeeded");
		assertThat(this.pool.log().toString())
			.containsOnlyOnce("7 connections that had not been accepted in time cannot be served");
	}

	@Test
	void theOldAddressIsOpenedAgainIfTheNewGenerationFailsMeanwhile() {
		this.pool.script().backlog(7);
		move();
		untilRefused(OLD);
		long last = this.pool.firstReadyOf(1);
		this.pool.exit(this.pool.firstReadyOf(2), -1, 9);
		assertThat(this.pool.effects(Effect.AdmitNewConnections.class))
			.endsWith(new Effect.AdmitNewConnections(Set.of(OLD)));
		this.pool.script().backlog(0);
		this.pool.reach("rolled-back").run(Duration.ofMinutes(2));
		assertThat(this.pool.activeOf(1)).as("a worker that closes every connection is replaced")
			.hasSize(3)
			.doesNotContain(last);
		assertThat(this.pool.activeOf(2)).isEmpty();
	}

	@Test
	void theOldAddressIsOpenedAgainIfTheNewGenerationFailsWhenItIsWatched() {
		move().reach("watching").exit(this.pool.firstReadyOf(2), -1, 9);
		assertThat(this.pool.effects(Effect.AdmitNewConnections.class))
			.endsWith(new Effect.AdmitNewConnections(Set.of(OLD)));
		this.pool.reach("rolled-back").run(Duration.ofMinutes(1));
		assertThat(refused()).containsExactly(new Effect.BlockNewConnections(Set.of(OLD)),
				new Effect.BlockNewConnections(Set.of(NEW)));
		assertThat(this.pool.activeOf(1)).hasSize(3);
	}

	@Test
	void theNewAddressIsDrainedBeforeASickCanaryLeavesIt() {
		this.pool.script().backlog(7);
		move().reach("observing");
		long canary = this.pool.firstReadyOf(2);
		this.pool.receive(canary, new Message.Health(false, "db is DOWN"));
		assertThat(refused()).containsExactly(new Effect.BlockNewConnections(Set.of(NEW)));
		assertThat(this.pool.rollout().state()).isEqualTo("rolling-back");
		assertThat(drains()).isZero();
		this.pool.run(Duration.ofSeconds(1));
		assertThat(drains()).isZero();
		this.pool.script().backlog(0);
		this.pool.reach("rolled-back");
		assertThat(drains()).isEqualTo(1);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.activeOf(1)).hasSize(3);
		assertThat(this.pool.known()).containsExactly(1);
	}

	@Test
	void aSickCanaryThatCrashesHasNoSuccessor() {
		this.pool.script().backlog(7);
		move().reach("observing");
		long canary = this.pool.firstReadyOf(2);
		this.pool.receive(canary, new Message.Health(false, "db is DOWN"));
		int spawns = this.pool.spawns().size();
		this.pool.exit(canary, -1, 9);
		assertThat(this.pool.rollout().state()).isEqualTo("rolled-back");
		assertThat(this.pool.rollout().reason()).contains("db is DOWN");
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.spawns()).hasSize(spawns);
	}

	@Test
	void anAddressThatWasGivenUpIsOpenedAgainForTheNextGeneration() {
		move().reach("succeeded");
		this.pool.script().addresses(Set.of(OLD));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("booting");
		assertThat(this.pool.effects(Effect.AdmitNewConnections.class))
			.endsWith(new Effect.AdmitNewConnections(Set.of(OLD)));
		this.pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(this.pool.activeOf(3)).hasSize(3);
		assertThat(refused()).containsExactly(new Effect.BlockNewConnections(Set.of(OLD)),
				new Effect.BlockNewConnections(Set.of(NEW)));
	}

	@Test
	void aStopMeanwhileEmptiesBothAddresses() {
		this.pool.script().backlog(7);
		move();
		untilRefused(OLD).signal(ProcessSignal.TERM);
		assertThat(refused()).endsWith(new Effect.BlockNewConnections(Set.of(OLD, NEW)));
		this.pool.run(Duration.ofSeconds(31));
		assertThat(this.pool.exitCode()).isZero();
	}

	/**
	 * The roll-back takes place while the canary of the repaired code is observed for
	 * long.
	 */
	@Test
	void anAddressThatFailedCodeLeavesIsNotBlockedForRepairedCode() {
		SimulatedPool slow = SimulatedPool
			.running(SimulatedPool.settings(3, new RolloutSettings(3, 0, Duration.ofMinutes(2)), Duration.ZERO));
		slow.script().addresses(Set.of(NEW));
		slow.signal(ProcessSignal.HUP);
		slow.reach("watching").script().faults(Faults.none().bootFailures(1));
		slow.exit(slow.firstReadyOf(2), -1, 9);
		slow.run(Duration.ofSeconds(10));
		slow.script().faults(Faults.none());
		slow.script().backlog(7);
		slow.signal(ProcessSignal.HUP);
		slow.run(Duration.ofMinutes(1));
		assertThat(slow.activeOf(1)).as(String.join("\n", slow.log())).hasSize(3);
		assertThat(slow.effects(Effect.BlockNewConnections.class))
			.doesNotContain(new Effect.BlockNewConnections(Set.of(NEW)));
		slow.reach("succeeded");
		assertThat(slow.results()).containsExactly("rolled-back", "succeeded");
	}

}
