package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.pool.BacklogDrain;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Leadership;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.pool.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a pool of two ready workers, with a graceful-timeout of 30 s.
 */
class ShutdownTests {

	private static final Duration GRACEFUL = Duration.ofSeconds(30);

	private static final Set<String> ADDRESSES = Set.of("* 8080");

	private final Pool pool = new Pool();

	private final EffectBuffer effects = new EffectBuffer();

	private final Shutdown shutdown = new Shutdown(this.pool, this.effects,
			new Termination(this.effects, new Leadership(this.pool, this.effects)));

	private Instant now = Workers.SPAWNED.plusSeconds(60);

	private PoolSettings settings = settings(Duration.ZERO);

	ShutdownTests() {
		this.pool.add(Workers.ready(1));
		this.pool.add(Workers.ready(2));
	}

	private static PoolSettings settings(Duration delay) {
		return new PoolSettings(OptionalInt.of(2), WorkerClass.GTHREAD, Duration.ZERO, GRACEFUL, Duration.ZERO, delay,
				false, RolloutSettings.DEFAULT, AotCache.AUTO);
	}

	private List<Effect> term() {
		this.shutdown.stopGracefully("SIGTERM", this.settings, ADDRESSES, this.now);
		return advance();
	}

	private List<Effect> interrupt() {
		this.shutdown.stopQuickly("SIGINT", this.settings, this.now);
		return advance();
	}

	private List<Effect> advance() {
		this.shutdown.advance(this.settings, this.now);
		return this.effects.take();
	}

	private List<Effect> after(Duration time) {
		this.now = this.now.plus(time);
		return advance();
	}

	private List<Effect> counted(int connections, int handshakes, boolean blocked) {
		this.shutdown.counted(new Event.BacklogCounted(connections, handshakes, blocked), this.now);
		return advance();
	}

	private static List<Object> toFirst(List<Effect> effects) {
		List<Object> sent = new ArrayList<>();
		for (Effect effect : effects) {
			if (effect instanceof Effect.Send send && send.id() == 1) {
				sent.add(send.message());
			}
		}
		return sent;
	}

	private static String logged(List<Effect> effects) {
		return effects.stream().filter(Effect.Log.class::isInstance).toList().toString();
	}

	private static Message.Drain drain(long millis) {
		return new Message.Drain(millis);
	}

	@Test
	void withoutDelayNewConnectionsAreRefusedAtOnceAndTheQueueIsCounted() {
		List<Effect> effects = term();
		assertThat(this.shutdown.isUnderWay()).isTrue();
		assertThat(this.shutdown.exitCode()).isZero();
		assertThat(effects).containsSubsequence(new Effect.BlockNewConnections(ADDRESSES),
				new Effect.CountBacklog(ADDRESSES));
		assertThat(toFirst(effects)).containsExactly(new Message.RefuseTraffic(), new Message.EndConnections());
		assertThat(counted(0, 0, true)).doesNotContain(new Effect.CloseListeners());
		effects = after(BacklogDrain.SETTLED);
		assertThat(toFirst(effects)).containsExactly(drain(26_900));
		assertThat(effects).endsWith(new Effect.CloseListeners());
		assertThat(this.shutdown.deadlines()).isEmpty();
	}

	@Test
	void duringTheDelayReadinessIsDownAndNothingElseHappens() {
		this.settings = settings(Duration.ofSeconds(10));
		List<Effect> effects = term();
		assertThat(toFirst(effects)).containsExactly(new Message.RefuseTraffic());
		assertThat(logged(effects)).contains("stopping in 10 s, readiness is down from now on (SIGTERM)");
		assertThat(this.shutdown.deadlines()).containsExactly(this.now.plusSeconds(10));
		assertThat(after(Duration.ofMillis(9999))).isEmpty();
		assertThat(after(Duration.ofMillis(1))).contains(new Effect.BlockNewConnections(ADDRESSES));
		counted(0, 0, true);
		assertThat(toFirst(after(BacklogDrain.SETTLED))).as("the delay is not part of the graceful-timeout")
			.containsExactly(drain(26_900));
	}

	@Test
	void aSecondTermEndsTheDelayAndAThirdChangesNothing() {
		this.settings = settings(Duration.ofSeconds(10));
		term();
		List<Effect> effects = term();
		assertThat(logged(effects)).contains("stopping without further delay (SIGTERM)");
		assertThat(effects).contains(new Effect.BlockNewConnections(ADDRESSES));
		assertThat(term()).isEmpty();
	}

	@Test
	void whereNewConnectionsCannotBeRefusedAnEmptyMomentIsEnough() {
		term();
		assertThat(counted(3, 0, false)).doesNotContain(new Effect.CloseListeners());
		assertThat(counted(0, 0, false)).contains(new Effect.CloseListeners());
	}

	@Test
	void aBacklogThatNeverEmptiesIsLoggedAfterHalfTheTime() {
		term();
		counted(1200, 0, true);
		assertThat(after(GRACEFUL.dividedBy(2).minusMillis(1))).doesNotContain(new Effect.CloseListeners());
		List<Effect> effects = after(Duration.ofMillis(1));
		assertThat(logged(effects)).contains("1200 connections that had not been accepted in time cannot be served");
		assertThat(effects).contains(new Effect.CloseListeners());
		assertThat(toFirst(effects)).as("what is left of the graceful-timeout").containsExactly(drain(12_000));
	}

	@Test
	void anEmptyBacklogIsNotLogged() {
		term();
		counted(0, 0, true);
		assertThat(logged(after(BacklogDrain.SETTLED))).doesNotContain("cannot be served");
	}

	@Test
	void aMasterThatWasSuspendedGivesNoNegativeTime() {
		term();
		assertThat(toFirst(after(Duration.ofHours(1)))).containsExactly(drain(0));
	}

	@ParameterizedTest
	@CsvSource({ "PT0S", "PT10S" })
	void intEndsTheDelayAndTheClosing(Duration delay) {
		this.settings = settings(delay);
		term();
		List<Effect> effects = interrupt();
		assertThat(toFirst(effects)).containsExactly(new Message.Stop());
		assertThat(effects).contains(new Effect.CloseListeners())
			.doesNotContain(new Effect.BlockNewConnections(ADDRESSES));
		assertThat(this.shutdown.deadlines()).isEmpty();
		assertThat(after(Duration.ofMinutes(1))).isEmpty();
		assertThat(interrupt()).contains(new Effect.Kill(1, ProcessSignal.KILL))
			.doesNotContain(new Effect.CloseListeners());
	}

	@Test
	void workersThatBootAreAbortedAtOnce() {
		this.settings = settings(Duration.ofSeconds(10));
		this.pool.add(Workers.booting(3));
		assertThat(term()).contains(new Effect.Send(3, new Message.Stop()), new Effect.Kill(3, ProcessSignal.TERM));
	}

	@Test
	void thereIsNoDelayIfNoWorkerIsReady() {
		this.settings = settings(Duration.ofSeconds(10));
		leave(1);
		leave(2);
		assertThat(term()).contains(new Effect.CloseListeners());
	}

	@ParameterizedTest
	@CsvSource({ "PT0S", "PT10S" })
	void whenTheLastWorkerIsGoneTheListenersAreClosed(Duration delay) {
		this.settings = settings(delay);
		term();
		leave(1);
		assertThat(advance()).doesNotContain(new Effect.CloseListeners());
		leave(2);
		assertThat(advance()).containsExactly(new Effect.CloseListeners());
		assertThat(advance()).isEmpty();
	}

	private void leave(long id) {
		Worker worker = this.pool.find(id);
		if (worker != null) {
			worker.leave(WorkerState.EXITING, ExitReason.HUNG, Instant.MAX);
		}
	}

	@Test
	void givingUpHasACodeThatNoSignalChanges() {
		this.shutdown.giveUp(3, this.settings, this.now);
		assertThat(this.effects.take()).contains(new Effect.CloseListeners());
		assertThat(term()).isEmpty();
		interrupt();
		this.shutdown.giveUp(4, this.settings, this.now);
		assertThat(this.shutdown.exitCode()).isEqualTo(3);
	}

}
