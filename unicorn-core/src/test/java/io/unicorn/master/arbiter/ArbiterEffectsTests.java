package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.arbiter.pool.Termination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which effects the arbiter returns for an event.
 */
class ArbiterEffectsTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private Instant now = START;

	private Arbiter arbiter = arbiter(2, Duration.ofSeconds(30), false);

	private static PoolSettings settings(int workers, Duration gracefulTimeout) {
		return new PoolSettings(OptionalInt.of(workers), WorkerClass.GTHREAD, Duration.ofSeconds(30), gracefulTimeout,
				Duration.ofSeconds(120), Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO);
	}

	private static Arbiter arbiter(int workers, Duration gracefulTimeout, boolean terminal) {
		return arbiter(settings(workers, gracefulTimeout), terminal);
	}

	private static Arbiter arbiter(PoolSettings settings, boolean terminal) {
		return new Arbiter(new ArbiterConfig(4242, START, spec(settings), terminal, 8, "c2VjcmV0"), new Random(1));
	}

	private static PoolSpec spec(PoolSettings settings) {
		return new PoolSpec(settings, 2, List.of(), Set.of("* 8080"), "app.jar 00ff", "", "");
	}

	/** Deliver an event, and report every spawn as done. */
	private List<Effect> on(Event event) {
		List<Effect> effects = new ArrayList<>(this.arbiter.on(event, this.now));
		for (int i = 0; i < effects.size(); i++) {
			if (effects.get(i) instanceof Effect.Spawn spawn) {
				effects.addAll(this.arbiter.on(new Event.Spawned(spawn.id(), 1000 + (int) spawn.id()), this.now));
			}
		}
		return effects;
	}

	private List<Effect> say(long id, Message.FromWorker message) {
		return on(new Event.Received(id, message));
	}

	private List<Effect> signal(ProcessSignal signal) {
		return on(new Event.Signalled(signal));
	}

	private List<Effect> at(Duration later) {
		this.now = this.now.plus(later);
		return on(new Event.Tick());
	}

	private static List<String> logged(List<Effect> effects) {
		return effects.stream()
			.filter(Effect.Log.class::isInstance)
			.map((effect) -> ((Effect.Log) effect).text())
			.toList();
	}

	private static List<Effect.Spawn> spawns(List<Effect> effects) {
		return effects.stream().filter(Effect.Spawn.class::isInstance).map(Effect.Spawn.class::cast).toList();
	}

	/** Workers 1 and 2 are ready. */
	private List<Effect> running() {
		on(new Event.Started());
		say(1, new Message.MainMethod(""));
		List<Effect> effects = say(1, new Message.Ready());
		effects.addAll(say(2, new Message.Ready()));
		return effects;
	}

	@Test
	void onlyTheVeryFirstWorkerHasTheIdOne() {
		assertThat(spawns(on(new Event.Started()))).extracting(Effect.Spawn::id).containsExactly(1L);
		say(1, new Message.MainMethod(""));
		assertThat(spawns(say(1, new Message.Ready()))).extracting(Effect.Spawn::id).containsExactly(2L);
		assertThat(spawns(on(new Event.Exited(1, 1, 0, false)))).extracting(Effect.Spawn::id).containsExactly(3L);
	}

	@Test
	void aSnapshotLeavesOutAWorkerThatIsNoProcessYet() {
		this.arbiter.on(new Event.Started(), this.now);
		assertThat(this.arbiter.snapshot(this.now).workers()).isEmpty();
		this.arbiter.on(new Event.Spawned(1, 77), this.now);
		assertThat(this.arbiter.snapshot(this.now).workers()).hasSize(1);
	}

	@Test
	void aHungWorkerStopsAcceptingThenIsDumpedThenContinuedThenKilled() {
		running();
		at(FileComparison.AFTER_READY);
		this.now = this.now.plusSeconds(10);
		say(2, new Message.Heartbeat(0, 0, 0, 0, 0, 0));
		this.now = this.now.plusSeconds(10);
		assertThat(on(new Event.Tick())).containsExactly(new Effect.LookForHeapDump(1));
		List<Effect> effects = on(new Event.HeapDump(1, "", 0));
		assertThat(effects).containsSubsequence(new Effect.Send(1, new Message.Leader(false)),
				new Effect.Send(1, new Message.StopAccepting()), new Effect.DumpThreads(1, 0, ""),
				new Effect.Kill(1, ProcessSignal.CONT));
		assertThat(effects).doesNotContain(new Effect.Kill(1, ProcessSignal.KILL));
		assertThat(at(Termination.DUMP_TIME)).contains(new Effect.Kill(1, ProcessSignal.KILL));
	}

	@ParameterizedTest
	@CsvSource({ "PT30S, PT2S", "PT2S, PT0.2S" })
	void aWorkerWhoseDrainIsStuckWritesItsThreadsBeforeItIsKilled(Duration gracefulTimeout, Duration before) {
		this.arbiter = arbiter(settings(2, gracefulTimeout).withDumpDir("/dumps"), false);
		running();
		signal(ProcessSignal.TTOU);
		Effect dump = new Effect.DumpThreads(1, 0, "/dumps");
		assertThat(at(gracefulTimeout.minus(before).minusMillis(1))).doesNotContain(dump);
		assertThat(this.arbiter.due()).isEqualTo(this.now.plusMillis(1));
		assertThat(at(Duration.ofMillis(1))).contains(dump).doesNotContain(new Effect.Kill(1, ProcessSignal.KILL));
		assertThat(logged(on(new Event.DumpWritten(1, "/dumps/threads.txt"))))
			.containsExactly("worker 0 (pid 1001) has written /dumps/threads.txt");
		assertThat(at(before.minusMillis(1))).doesNotContain(dump, new Effect.Kill(1, ProcessSignal.KILL));
		assertThat(at(Duration.ofMillis(1))).contains(new Effect.Kill(1, ProcessSignal.KILL)).doesNotContain(dump);
		on(new Event.Exited(1, -1, 9, false));
		assertThat(this.arbiter.snapshot(this.now).lastExits().get(0).dumpFile()).isEqualTo("/dumps/threads.txt");
	}

	@Test
	void withoutADirectoryAStuckDrainFillsNoOutputWithThreads() {
		running();
		signal(ProcessSignal.TTOU);
		assertThat(at(Duration.ofSeconds(28))).noneMatch(Effect.DumpThreads.class::isInstance);
	}

	@Test
	void theDumpOfAWorkerThatHasFailedIsLookedForAndFound() {
		this.arbiter = arbiter(settings(2, Duration.ofSeconds(30)).withDumpDir("/dumps"), false);
		running();
		assertThat(on(new Event.Exited(1, 3, 0, false))).contains(new Effect.LookForDump(1, 1001, START, "/dumps"));
		assertThat(logged(on(new Event.DumpWritten(1, "/dumps/java_pid1001.hprof"))))
			.containsExactly("the worker with pid 1001, which has exited, has written /dumps/java_pid1001.hprof");
		on(new Event.DumpWritten(2, "/dumps/somebody-has-asked-for-it.txt"));
		on(new Event.Exited(2, -1, 9, false));
		assertThat(this.arbiter.snapshot(this.now).lastExits()).extracting(PoolSnapshot.ExitInfo::dumpFile)
			.containsExactly("", "/dumps/java_pid1001.hprof");
	}

	@Test
	void noDumpIsLookedForAfterAnExitThatWasAskedFor() {
		this.arbiter = arbiter(settings(2, Duration.ofSeconds(30)).withDumpDir("/dumps"), false);
		running();
		signal(ProcessSignal.TTOU);
		assertThat(on(new Event.Exited(1, 0, 0, false))).noneMatch(Effect.LookForDump.class::isInstance);
	}

	@Test
	void aHeartbeatIsNotedWhenItComesAndWhatFollowsFromItAtTheNextDeadline() {
		running();
		at(FileComparison.AFTER_READY);
		Instant due = this.arbiter.due();
		assertThat(due).isEqualTo(START.plusSeconds(30));
		for (int i = 0; i < 19; i++) {
			this.now = this.now.plusSeconds(1);
			assertThat(say(1, new Message.Heartbeat(i, 0, 0, 0, 0, 0))).isEmpty();
			assertThat(say(2, new Message.Heartbeat(i, 0, 0, 0, 0, 0))).isEmpty();
			assertThat(this.arbiter.due()).isEqualTo(due);
		}
		assertThat(this.arbiter.snapshot(this.now).workers()).extracting(PoolSnapshot.WorkerInfo::requests)
			.containsExactly(18L, 18L);
		assertThat(at(Duration.ofSeconds(1))).isEmpty();
		assertThat(this.arbiter.due()).isEqualTo(START.plusSeconds(59));
	}

	@Test
	void aWorkerIsToldHowLongItMayBeSilent() {
		assertThat(on(new Event.Started())).contains(new Effect.Send(1,
				new Message.Welcome(0, 1, 1, 30_000, false, 0, 6_000, Initialization.START, "c2VjcmV0")));
	}

	@ParameterizedTest(name = "of {0}, {1} ms are for connections")
	@CsvSource({ "PT30S, 27000", "PT15S, 12000", "PT10S, 8000", "PT1S, 800", "PT5M, 297000" })
	void partOfTheGracefulTimeoutIsForClosingTheApplication(Duration gracefulTimeout, long connectionMillis) {
		this.arbiter = arbiter(2, gracefulTimeout, false);
		running();
		assertThat(signal(ProcessSignal.TTOU)).contains(new Effect.Send(1, new Message.Drain(connectionMillis)));
		assertThat(at(gracefulTimeout.minusMillis(1))).doesNotContain(new Effect.Kill(1, ProcessSignal.KILL));
		assertThat(at(Duration.ofMillis(1))).contains(new Effect.Kill(1, ProcessSignal.KILL));
	}

	@Test
	void aRollOutThatIsAskedForBeforeAnythingRunsWaitsForTheFirstWorker() {
		on(new Event.Started());
		assertThat(logged(signal(ProcessSignal.HUP))).singleElement()
			.asString()
			.contains("when the first worker is ready");
		assertThat(say(1, new Message.Ready())).contains(new Effect.Prepare(2));
	}

	@Test
	void aReplacementThatFailsWaitsBeforeItIsTriedAgain() {
		running();
		say(1, new Message.Retire("max-requests", "served 5 requests"));
		List<Effect> effects = on(new Event.Exited(3, 1, 0, false));
		assertThat(spawns(effects)).isEmpty();
		assertThat(logged(effects)).anyMatch((line) -> line.contains("the worker it was to replace serves on"));
		assertThat(this.arbiter.due()).isBetween(this.now.plusMillis(250), this.now.plusMillis(500));
		assertThat(spawns(at(Duration.between(this.now, this.arbiter.due())))).hasSize(1);
	}

	@Test
	void aWorkerThatIsToBeReplacedDoesNotBecomeTheLeader() {
		this.arbiter = arbiter(3, Duration.ofSeconds(30), false);
		running();
		say(3, new Message.Ready());
		say(2, new Message.Retire("max-requests", "served 5 requests"));
		assertThat(on(new Event.Exited(1, -1, 9, false))).contains(new Effect.Send(3, new Message.Leader(true)));
	}

	@Test
	void theNextLeaderIsAppointedWhenTheLastOneHasResigned() {
		this.arbiter = arbiter(3, Duration.ofSeconds(30), false);
		List<Effect> effects = running();
		assertThat(effects).contains(new Effect.Send(1, new Message.Leader(true, true, Map.of())));
		say(3, new Message.Ready());
		assertThat(say(1, new Message.Resigned(Map.of("a", "b")))).as("it was not asked to").isEmpty();
		effects = say(1, new Message.Terminated(1));
		effects.addAll(at(Deadlines.TERM_TO_ALL));
		assertThat(effects).contains(new Effect.Send(1, new Message.Leader(false)))
			.noneMatch((effect) -> effect.equals(new Effect.Send(2, new Message.Leader(true))));
		assertThat(this.arbiter.snapshot(this.now).workers()).noneMatch(PoolSnapshot.WorkerInfo::leader);
		assertThat(say(2, new Message.Resigned(Map.of("c", "d")))).as("it is not the leader").isEmpty();
		assertThat(say(1, new Message.Resigned(Map.of("a", "b"))))
			.containsExactly(new Effect.Send(2, new Message.Leader(true, false, Map.of("a", "b"))));
		assertThat(on(new Event.Exited(1, 0, 0, false)))
			.noneMatch((effect) -> effect instanceof Effect.Send send && send.message() instanceof Message.Leader);
	}

	@Test
	void theNextLeaderIsAppointedWhenTheProcessOfTheLastOneHasEnded() {
		running();
		say(1, new Message.Terminated(1));
		at(Deadlines.TERM_TO_ALL);
		assertThat(on(new Event.Exited(1, 0, 0, false))).contains(new Effect.Send(2, new Message.Leader(true)));
	}

	@Test
	void aRetirementIsLoggedOnce() {
		running();
		assertThat(logged(say(1, new Message.Retire("x", "y")))).anyMatch((line) -> line.contains("retiring: y"));
		assertThat(logged(say(1, new Message.Retire("x", "y")))).isEmpty();
	}

	@Test
	void readyFromAWorkerThatIsLeavingBringsItNotBack() {
		running();
		signal(ProcessSignal.TTOU);
		assertThat(say(1, new Message.Ready())).isEmpty();
		assertThat(this.arbiter.snapshot(this.now).ready()).isEqualTo(1);
	}

	@Test
	void aWorkerThatHasClosedItsChannelHasTwoSeconds() {
		running();
		on(new Event.ChannelLost(1, ""));
		assertThat(at(Duration.ofMillis(1999))).isEmpty();
		assertThat(at(Duration.ofMillis(1))).contains(new Effect.Kill(1, ProcessSignal.TERM));
	}

	@Test
	void onlyARollOutBringsANewConfiguration() {
		running();
		on(new Event.Exited(1, -1, 9, false));
		assertThat(logged(say(3, new Message.Hello(1, settings(7, Duration.ofSeconds(30)).toMap())))).singleElement()
			.asString()
			.contains("comes into force with the next roll-out");
		say(3, new Message.Ready());
		assertThat(this.arbiter.snapshot(this.now).target()).isEqualTo(2);
	}

	@Test
	void aTerminalWhoseWindowChangesStopsNoWorker() {
		this.arbiter = arbiter(2, Duration.ofSeconds(30), true);
		running();
		assertThat(signal(ProcessSignal.WINCH)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "PT30S, PT5S", "PT2S, PT2S" })
	void aQuickStopWaitsFiveSecondsOrLess(Duration gracefulTimeout, Duration patience) {
		this.arbiter = arbiter(2, gracefulTimeout, false);
		running();
		assertThat(signal(ProcessSignal.INT)).contains(new Effect.Send(1, new Message.Stop()),
				new Effect.Kill(1, ProcessSignal.TERM));
		assertThat(at(patience.minusMillis(1))).isEmpty();
		assertThat(at(Duration.ofMillis(1))).contains(new Effect.Kill(1, ProcessSignal.KILL),
				new Effect.Kill(2, ProcessSignal.KILL));
	}

	@Test
	void aTermBetweenDoesNotMakeTheSecondIntTheFirst() {
		running();
		signal(ProcessSignal.INT);
		signal(ProcessSignal.TERM);
		assertThat(signal(ProcessSignal.INT)).contains(new Effect.Kill(1, ProcessSignal.KILL),
				new Effect.Kill(2, ProcessSignal.KILL));
	}

	@Test
	void usr1ReopensTheLogBeforeItSaysSo() {
		running();
		assertThat(signal(ProcessSignal.USR1)).containsExactly(new Effect.ReopenLog(),
				new Effect.Log(Effect.Level.INFO, "log file reopened (SIGUSR1)"));
	}

	@Test
	void onlyConnectionsThatWereCutAreLogged() {
		running();
		signal(ProcessSignal.TTOU);
		assertThat(say(1, new Message.Drained(0))).isEmpty();
		assertThat(logged(say(1, new Message.Drained(1200)))).singleElement()
			.asString()
			.contains("closed 1200 connections");
	}

}
