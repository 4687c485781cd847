package io.unicorn.cli;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * A pool that shows prepared states, one after the other, and the last one for ever.
 */
final class FakePool implements PoolLine {

	static final Instant START = Instant.parse("2026-11-21T10:15:30Z");

	private final Deque<PoolSnapshot> states = new ArrayDeque<>();

	private final long rollout;

	/** How often it was asked for its state. */
	int questions;

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

	static RolloutInfo rollout(long id, String state, String reason, List<String> log, String... steps) {
		boolean open = !List.of("succeeded", "rolled-back", "aborted").contains(state);
		return new RolloutInfo(id, 1, 2, "app.jar", "SIGHUP", state, START, open ? null : START.plusSeconds(9), reason,
				List.of(steps).stream().map((step) -> new StepInfo(START, step)).toList(), log);
	}

	@Override
	public PoolSnapshot pool() {
		this.questions++;
		return (this.states.size() > 1) ? this.states.remove() : this.states.element();
	}

	@Override
	public long rollOut() {
		return this.rollout;
	}

}
