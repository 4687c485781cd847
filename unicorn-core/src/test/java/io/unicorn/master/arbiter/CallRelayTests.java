package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.pool.Workers;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallRelayTests {

	private static final Blob OPERATION = bytes(3);

	private static final int PART = Message.CallAnswer.MAX_PART_BYTES;

	private final Pool pool = new Pool();

	private final EffectBuffer effects = new EffectBuffer();

	private final CallRelay relay = new CallRelay(this.pool, this.effects);

	private final Worker one = Workers.ready(1);

	private final Worker two = Workers.ready(2);

	private final Worker three = Workers.ready(3);

	private Instant now = Workers.SPAWNED.plusSeconds(60);

	CallRelayTests() {
		List.of(this.one, this.two, this.three).forEach(this.pool::add);
	}

	private static Blob bytes(int count) {
		return Blob.of(new byte[count]);
	}

	private List<Effect> on(Worker worker, Message.OfCall message) {
		this.relay.on(worker, message, this.now);
		return this.effects.take();
	}

	private List<Effect> call(Worker asker, long query, int index) {
		return on(asker, new Message.Call(query, index, 10_000, OPERATION));
	}

	/** Return the number of the call that is passed on to a worker. */
	private static long performed(List<Effect> effects, Worker target) {
		List<Message.Perform> found = effects.stream()
			.filter((effect) -> effect instanceof Effect.Send send && send.id() == target.id())
			.map((effect) -> ((Effect.Send) effect).message())
			.filter(Message.Perform.class::isInstance)
			.map(Message.Perform.class::cast)
			.toList();
		assertThat(found).hasSize(1);
		assertThat(found.get(0).operation()).isEqualTo(OPERATION);
		return found.get(0).call();
	}

	private static Effect failed(Worker asker, long query, int index, CallOutcome outcome, int left) {
		return new Effect.Send(asker.id(), new Message.CallResult(query, index, outcome, left, 0, 0, bytes(0)));
	}

	private static Effect answered(Worker asker, long query, int index, int left, int total, int offset, int length) {
		return new Effect.Send(asker.id(),
				new Message.CallResult(query, index, CallOutcome.ANSWERED, left, total, offset, bytes(length)));
	}

	@Test
	void aCallReachesTheWorkerOfTheSlotAndItsAnswerTheOneThatAsked() {
		long call = performed(call(this.one, 7, 1), this.two);
		assertThat(on(this.two, new Message.CallAnswer(call, 5, 0, bytes(5))))
			.containsExactly(answered(this.one, 7, 1, 0, 5, 0, 5));
		assertThat(this.relay.deadlines()).isEmpty();
	}

	@Test
	void aWorkerMayCallItself() {
		long call = performed(call(this.one, 7, 0), this.one);
		assertThat(on(this.one, new Message.CallAnswer(call, 0, 0, bytes(0))))
			.containsExactly(answered(this.one, 7, 0, 0, 0, 0, 0));
	}

	@Test
	void aPartIsFetchedWhenTheOneThatAsksWantsIt() {
		int total = 2 * PART + 1;
		long call = performed(call(this.one, 7, 1), this.two);
		assertThat(on(this.two, new Message.CallAnswer(call, total, 0, bytes(PART))))
			.containsExactly(answered(this.one, 7, 1, 1, total, 0, PART));
		assertThat(on(this.one, new Message.CallNext(7, PART)))
			.containsExactly(new Effect.Send(2, new Message.Continue(call, PART)));
		assertThat(on(this.one, new Message.CallNext(7, PART))).as("it is on its way").isEmpty();
		assertThat(on(this.two, new Message.CallAnswer(call, total, PART, bytes(PART))))
			.containsExactly(answered(this.one, 7, 1, 1, total, PART, PART));
		assertThat(on(this.one, new Message.CallNext(7, 5))).as("another part").isEmpty();
		assertThat(on(this.one, new Message.CallNext(8, 2 * PART))).as("another query").isEmpty();
		assertThat(on(this.three, new Message.CallNext(7, 2 * PART))).as("another worker").isEmpty();
		assertThat(on(this.one, new Message.CallNext(7, 2 * PART))).hasSize(1);
		assertThat(on(this.two, new Message.CallAnswer(call, total, 2 * PART, bytes(1))))
			.containsExactly(answered(this.one, 7, 1, 0, total, 2 * PART, 1));
		assertThat(this.relay.deadlines()).isEmpty();
	}

	@Test
	void aPartThatNobodyHasAskedForEndsTheCall() {
		long call = performed(call(this.one, 7, 1), this.two);
		on(this.two, new Message.CallAnswer(call, 2 * PART, 0, bytes(PART)));
		assertThat(on(this.two, new Message.CallAnswer(call, 2 * PART, PART, bytes(PART))))
			.containsExactly(failed(this.one, 7, 1, CallOutcome.FAILED, 0));
		assertThat(on(this.two, new Message.CallAnswer(call, 2 * PART, PART, bytes(PART)))).isEmpty();
	}

	@Test
	void anAnswerThatDoesNotFitTogetherEndsTheCall() {
		int most = Message.CallAnswer.MAX_BYTES;
		for (Message.CallAnswer bad : List.of(new Message.CallAnswer(0, 5, 1, bytes(4)),
				new Message.CallAnswer(0, 5, 0, bytes(6)), new Message.CallAnswer(0, 5, 0, bytes(0)),
				new Message.CallAnswer(0, most + 1, 0, bytes(1)))) {
			long call = performed(call(this.one, 7, 1), this.two);
			assertThat(on(this.two, new Message.CallAnswer(call, bad.totalBytes(), bad.offset(), bad.part())))
				.containsExactly(failed(this.one, 7, 1, CallOutcome.FAILED, 0));
		}
	}

	@Test
	void onlyTheWorkerThatWasAskedAnswers() {
		long call = performed(call(this.one, 7, 1), this.two);
		assertThat(on(this.three, new Message.CallAnswer(call, 1, 0, bytes(1)))).isEmpty();
		assertThat(on(this.two, new Message.CallAnswer(call + 1, 1, 0, bytes(1)))).isEmpty();
		assertThat(on(this.two, new Message.CallAnswer(call, 1, 0, bytes(1)))).hasSize(1);
	}

	@Test
	void aSlotWithoutAReadyWorkerIsUnknown() {
		this.pool.add(Workers.booting(4));
		this.two.leave(WorkerState.DRAINING, "retired", Instant.MAX);
		for (int index : new int[] { 1, 3, 9 }) {
			assertThat(call(this.one, 7, index)).containsExactly(failed(this.one, 7, index, CallOutcome.UNKNOWN, 0));
		}
	}

	@Test
	void aCallToAllReachesAllOthersAndTellsWhoIsLeft() {
		List<Effect> passed = call(this.one, 7, Message.Call.ALL_OTHERS);
		assertThat(passed).hasSize(2);
		long second = performed(passed, this.two);
		long third = performed(passed, this.three);
		assertThat(on(this.three, new Message.CallAnswer(third, 9000, 0, bytes(9000))))
			.containsExactly(answered(this.one, 7, 2, 1, 256, 0, 256));
		assertThat(on(this.two, new Message.CallAnswer(second, 2, 0, bytes(2))))
			.containsExactly(answered(this.one, 7, 1, 0, 2, 0, 2));
	}

	@Test
	void aCallToAllInAPoolOfOneReachesNobody() {
		this.pool.remove(this.two);
		this.pool.remove(this.three);
		assertThat(call(this.one, 7, -1)).containsExactly(failed(this.one, 7, -1, CallOutcome.UNKNOWN, 0));
	}

	@Test
	void whoDoesNotAnswerInTimeIsNamedAndALateAnswerIsDropped() {
		List<Effect> passed = on(this.one, new Message.Call(7, -1, 2000, OPERATION));
		on(this.two, new Message.CallAnswer(performed(passed, this.two), 1, 0, bytes(1)));
		Instant deadline = this.now.plusSeconds(2);
		assertThat(this.relay.deadlines()).containsExactly(deadline);
		this.relay.advance(deadline.minusMillis(1));
		assertThat(this.effects.take()).isEmpty();
		this.relay.advance(deadline);
		assertThat(this.effects.take()).containsExactly(failed(this.one, 7, 2, CallOutcome.SILENT, 0));
		assertThat(on(this.three, new Message.CallAnswer(performed(passed, this.three), 1, 0, bytes(1)))).isEmpty();
		assertThat(call(this.one, 7, 1)).as("the number is free again").hasSize(1);
	}

	@Test
	void noCallTakesLongerThanTheMasterAllows() {
		on(this.one, new Message.Call(7, 1, Long.MAX_VALUE, OPERATION));
		assertThat(this.relay.deadlines()).containsExactly(this.now.plus(CallRelay.LONGEST));
	}

	@Test
	void theEndOfAWorkerEndsTheCallsToItAndThoseOfItsOwn() {
		call(this.one, 7, 1);
		List<Effect> own = call(this.two, 8, 2);
		List<Effect> toItself = call(this.two, 9, 1);
		this.pool.remove(this.two);
		this.relay.lost(this.two);
		assertThat(this.effects.take()).containsExactly(failed(this.one, 7, 1, CallOutcome.GONE, 0));
		assertThat(on(this.three, new Message.CallAnswer(performed(own, this.three), 1, 0, bytes(1)))).isEmpty();
		assertThat(toItself).hasSize(1);
		assertThat(this.relay.deadlines()).isEmpty();
	}

	@Test
	void aFloodOfOneWorkerIsRefusedAndLeavesRoomForOthers() {
		for (int query = 0; query < CallRelay.MOST; query++) {
			assertThat(call(this.one, query, -1)).hasSize(2);
		}
		for (int query = 100; query < 1100; query++) {
			assertThat(call(this.one, query, -1)).containsExactly(failed(this.one, query, -1, CallOutcome.BUSY, 0));
			assertThat(call(this.one, 0, 1)).as("a number that is in use").hasSize(1);
		}
		assertThat(this.relay.deadlines()).hasSize(2 * CallRelay.MOST);
		assertThat(call(this.two, 1, 0)).as("a call to a worker that has none").hasSize(1);
		assertThat(call(this.two, 2, 2)).containsExactly(failed(this.two, 2, 2, CallOutcome.BUSY, 0));
		this.relay.advance(this.now.plusSeconds(10));
		this.effects.take();
		assertThat(this.relay.deadlines()).isEmpty();
		performed(call(this.two, 2, 2), this.three);
	}

	@Test
	void aMasterThatReplacesAnotherUsesNoNumberOfIt() {
		long before = performed(call(this.one, 7, 1), this.two);
		CallRelay next = new CallRelay(this.pool, this.effects);
		next.on(this.one, new Message.Call(7, 1, 10_000, OPERATION), this.now.plusMillis(1));
		assertThat(performed(this.effects.take(), this.two)).isGreaterThan(before);
	}

	@Test
	void theArbiterPassesCallsOnAndNoticesDeadlinesAndDeaths() {
		SimulatedPool simulated = SimulatedPool.running(SimulatedPool.settings(3));
		simulated.deliver(new Event.Received(1, new Message.Call(7, 1, 10_000, OPERATION)));
		simulated.deliver(new Event.Received(1, new Message.Call(8, 2, 10_000, OPERATION)));
		simulated.exit(2, -1, 9);
		simulated.run(Duration.ofSeconds(9));
		assertThat(results(simulated)).containsExactly(CallOutcome.GONE);
		simulated.run(Duration.ofSeconds(2));
		assertThat(results(simulated)).containsExactly(CallOutcome.GONE, CallOutcome.SILENT);
	}

	private static List<CallOutcome> results(SimulatedPool pool) {
		return pool.effects(Effect.Send.class)
			.stream()
			.filter((send) -> send.message() instanceof Message.CallResult)
			.map((send) -> ((Message.CallResult) send.message()).outcome())
			.toList();
	}

}
