package io.unicorn.cli;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import org.jspecify.annotations.Nullable;

/**
 * Returns prepared states, one after the other, and the last one repeatedly.
 */
final class FakePool implements PoolClient {

	static final Instant START = Instant.parse("2026-11-21T10:15:30Z");

	private final Deque<PoolSnapshot> states = new ArrayDeque<>();

	private final long rollout;

	/** The requests for a change. */
	final List<Message.Request> requests = new ArrayList<>();

	private Message.@Nullable RequestReply reply;

	/** The number of queries for the state. */
	int queries;

	FakePool(long rollout) {
		this.rollout = rollout;
	}

	FakePool then(RolloutInfo... rollouts) {
		return then("reloading", rollouts);
	}

	FakePool then(String state, RolloutInfo... rollouts) {
		List<WorkerInfo> workers = List.of(
				new WorkerInfo(0, 1, 4711, 1, "ready", true, START.minusSeconds(1), 10_233, 2),
				new WorkerInfo(3, 9, 4780, 2, "booting", false, START, 0, 0));
		this.states
			.add(new PoolSnapshot(new MasterInfo(4700, START, 1, state), 2, 1, workers, Map.of(), List.of(rollouts)));
		return this;
	}

	FakePool then(PoolSnapshot state) {
		this.states.add(state);
		return this;
	}

	static RolloutInfo rollout(long id, String state, String reason, List<String> log, String... steps) {
		boolean open = !List.of("succeeded", "rolled-back", "aborted").contains(state);
		return new RolloutInfo(id, 1, 2, "app.jar", "SIGHUP", state, START, open ? null : START.plusSeconds(9), reason,
				List.of(steps).stream().map((step) -> new StepInfo(START, step)).toList(), log);
	}

	@Override
	public PoolSnapshot pool() {
		this.queries++;
		return (this.states.size() > 1) ? this.states.remove() : this.states.element();
	}

	/** Reply to requests from now on. */
	FakePool replying(Message.Result result, String text) {
		this.reply = new Message.RequestReply(1, result, text);
		return this;
	}

	@Override
	public Message.RequestReply request(Message.Request request) throws CommandFailedException {
		this.requests.add(request);
		if (this.reply == null) {
			throw new CommandFailedException(CommandFailedException.UNKNOWN, "no reply");
		}
		return this.reply;
	}

	@Override
	public long rollOut() {
		return this.rollout;
	}

}
