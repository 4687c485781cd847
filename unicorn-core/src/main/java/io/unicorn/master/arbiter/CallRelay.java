package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;

/**
 * Passes operations of one worker on to others, and their answers back. The master keeps
 * no answer: each part is passed on as it comes, and the next one is fetched when the
 * asking worker asks for it. How many calls are under way is limited for the worker that
 * asks and for the one that answers.
 */
final class CallRelay {

	/** The longest time for an answer. */
	static final Duration LONGEST = Duration.ofMinutes(2);

	/** The most calls of one worker, and the most to one worker, that are under way. */
	static final int MOST = 4;

	/** What is passed on of each answer to a call to all: enough for a status. */
	static final int BYTES_OF_ALL = 256;

	private record Query(long asker, long number) {

	}

	/** The operation of one worker for another. */
	private static final class Operation {

		final long call;

		final Query query;

		final boolean toAll;

		final long target;

		final int index;

		final Instant deadline;

		/** Of the answer; -1 until the first part has come. */
		int totalBytes = -1;

		/** Where the next part begins. */
		int offset;

		/** Whether the target is to send a part. */
		boolean due = true;

		Operation(long call, Query query, boolean toAll, Worker target, Instant deadline) {
			this.call = call;
			this.query = query;
			this.toAll = toAll;
			this.target = target.id();
			this.index = target.index();
			this.deadline = deadline;
		}

	}

	private final Pool pool;

	private final EffectBuffer effects;

	/** What is under way, by its number, oldest first. */
	private final Map<Long, Operation> operations = new LinkedHashMap<>();

	/** How many of them each query has. */
	private final Map<Query, Integer> queries = new HashMap<>();

	/** How many of them each target has, by its id. */
	private final Map<Long, Integer> targets = new HashMap<>();

	private long lastCall;

	CallRelay(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	void on(Worker worker, Message.OfCall message, Instant now) {
		if (message instanceof Message.Call call) {
			begin(worker, call, now);
		}
		else if (message instanceof Message.CallAnswer answer) {
			answered(worker, answer);
		}
		else if (message instanceof Message.CallNext next) {
			fetch(worker, next);
		}
	}

	private void begin(Worker asker, Message.Call call, Instant now) {
		Query query = new Query(asker.id(), call.query());
		boolean toAll = call.index() == Message.Call.ALL_OTHERS;
		if (this.queries.containsKey(query) || queriesOf(asker) >= MOST) {
			send(query, call.index(), CallOutcome.BUSY, 0);
			return;
		}
		List<Worker> found = this.pool.in(WorkerState.READY)
			.filter((worker) -> worker.channelLostAt() == null)
			.filter((worker) -> toAll ? worker != asker : worker.index() == call.index())
			.toList();
		if (found.isEmpty()) {
			send(query, call.index(), CallOutcome.UNKNOWN, 0);
			return;
		}
		Instant deadline = now.plusMillis(Math.min(call.timeoutMillis(), LONGEST.toMillis()));
		List<Operation> begun = new ArrayList<>();
		for (Worker target : found) {
			begun.add(add(new Operation(nextNumber(now), query, toAll, target, deadline)));
		}
		begun.forEach((operation) -> perform(operation, call.operation()));
	}

	/**
	 * Return a number that the master before, which may have been replaced during a call,
	 * has not used.
	 */
	private long nextNumber(Instant now) {
		this.lastCall = Math.max(this.lastCall + 1, now.toEpochMilli() << 16);
		return this.lastCall;
	}

	private long queriesOf(Worker asker) {
		return this.queries.keySet().stream().filter((query) -> query.asker() == asker.id()).count();
	}

	private Operation add(Operation operation) {
		this.operations.put(operation.call, operation);
		this.queries.merge(operation.query, 1, Integer::sum);
		this.targets.merge(operation.target, 1, Integer::sum);
		return operation;
	}

	private void remove(Operation operation) {
		this.operations.remove(operation.call);
		this.queries.computeIfPresent(operation.query, (query, count) -> (count > 1) ? count - 1 : null);
		this.targets.computeIfPresent(operation.target, (target, count) -> (count > 1) ? count - 1 : null);
	}

	private void perform(Operation operation, Blob what) {
		Worker target = this.pool.find(operation.target);
		if (target == null || this.targets.getOrDefault(operation.target, 0) > MOST) {
			fail(operation, CallOutcome.BUSY);
		}
		else {
			this.effects.send(target, new Message.Perform(operation.call, what));
		}
	}

	private void answered(Worker worker, Message.CallAnswer answer) {
		Operation operation = this.operations.get(answer.call());
		if (operation == null || operation.target != worker.id()) {
			// It comes too late.
			return;
		}
		if (!isNextPart(operation, answer)) {
			fail(operation, CallOutcome.FAILED);
			return;
		}
		Blob part = answer.part();
		if (operation.toAll) {
			remove(operation);
			send(operation, part.first(BYTES_OF_ALL));
			return;
		}
		operation.totalBytes = answer.totalBytes();
		operation.due = false;
		int end = answer.offset() + part.length();
		if (end == answer.totalBytes()) {
			remove(operation);
		}
		send(operation, answer.totalBytes(), part);
		operation.offset = end;
	}

	private static boolean isNextPart(Operation operation, Message.CallAnswer answer) {
		int length = answer.part().length();
		return operation.due && answer.offset() == operation.offset
				&& (operation.totalBytes == -1 || operation.totalBytes == answer.totalBytes())
				&& answer.totalBytes() <= Message.CallAnswer.MAX_BYTES
				&& length <= answer.totalBytes() - answer.offset() && (length > 0 || answer.totalBytes() == 0);
	}

	private void fetch(Worker asker, Message.CallNext next) {
		Query query = new Query(asker.id(), next.query());
		if (!this.queries.containsKey(query)) {
			return;
		}
		for (Operation operation : this.operations.values()) {
			Worker target = this.pool.find(operation.target);
			if (operation.query.equals(query) && !operation.due && operation.offset == next.offset()
					&& target != null) {
				operation.due = true;
				this.effects.send(target, new Message.Continue(operation.call, operation.offset));
			}
		}
	}

	/** Handle the end of a worker, or of its control connection. */
	void lost(Worker worker) {
		for (Operation operation : List.copyOf(this.operations.values())) {
			if (operation.query.asker() == worker.id()) {
				remove(operation);
			}
			else if (operation.target == worker.id()) {
				fail(operation, CallOutcome.GONE);
			}
		}
	}

	/** Give up what is not answered in time. */
	void advance(Instant now) {
		if (!this.operations.isEmpty()) {
			List.copyOf(this.operations.values())
				.stream()
				.filter((operation) -> !now.isBefore(operation.deadline))
				.forEach((operation) -> fail(operation, CallOutcome.SILENT));
		}
	}

	Stream<Instant> deadlines() {
		return this.operations.values().stream().map((operation) -> operation.deadline);
	}

	private void fail(Operation operation, CallOutcome outcome) {
		remove(operation);
		send(operation.query, operation.index, outcome, this.queries.getOrDefault(operation.query, 0));
	}

	private void send(Query query, int index, CallOutcome outcome, int left) {
		send(query, new Message.CallResult(query.number(), index, outcome, left, 0, 0, Blob.EMPTY));
	}

	private void send(Operation operation, Blob whole) {
		send(operation, whole.length(), whole);
	}

	private void send(Operation operation, int totalBytes, Blob part) {
		Query query = operation.query;
		send(query, new Message.CallResult(query.number(), operation.index, CallOutcome.ANSWERED,
				this.queries.getOrDefault(query, 0), totalBytes, operation.offset, part));
	}

	private void send(Query query, Message.CallResult result) {
		Worker asker = this.pool.find(query.asker());
		if (asker != null) {
			this.effects.send(asker, result);
		}
	}

}
