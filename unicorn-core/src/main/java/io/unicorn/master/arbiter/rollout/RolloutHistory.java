package io.unicorn.master.arbiter.rollout;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.unicorn.ipc.PoolSnapshot;

/**
 * Keeps the latest roll-outs, newest first, with the one that is under way, and numbers
 * them. Not thread-safe.
 */
final class RolloutHistory {

	private static final int SIZE = 10;

	private final Deque<Rollout> rollouts = new ArrayDeque<>();

	private long lastId;

	/** Restore the history of another master, under which every roll-out had ended. */
	void restore(long lastId, List<PoolSnapshot.RolloutInfo> ended) {
		this.lastId = lastId;
		ended.forEach((info) -> this.rollouts.add(Rollout.restore(info)));
	}

	/** Return the id of the latest roll-out, 0 if there was none. */
	long lastId() {
		return this.lastId;
	}

	/** Add a roll-out, and drop the oldest one if there are too many. */
	Rollout begin(int from, int to, String trigger, Instant now) {
		Rollout rollout = new Rollout(++this.lastId, from, to, trigger, now);
		this.rollouts.addFirst(rollout);
		if (this.rollouts.size() > SIZE) {
			this.rollouts.removeLast();
		}
		return rollout;
	}

	/** Keep the last output of a worker whose failure has ended a roll-out. */
	void bootLog(long worker, List<String> lines) {
		this.rollouts.stream()
			.filter((rollout) -> rollout.failedWorker() == worker)
			.findFirst()
			.ifPresent((rollout) -> rollout.output(lines));
	}

	List<PoolSnapshot.RolloutInfo> describe() {
		return this.rollouts.stream().map(Rollout::describe).toList();
	}

}
