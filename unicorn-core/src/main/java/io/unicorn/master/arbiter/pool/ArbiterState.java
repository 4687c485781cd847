package io.unicorn.master.arbiter.pool;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The state that an arbiter hands over to the arbiter of the next master. It contains no
 * roll-out under way and no pending respawns: the next arbiter starts missing workers at
 * once.
 *
 * @param now the arbiter's time
 * @param pool the snapshot of the pool
 * @param lastGeneration the highest number of a generation
 * @param lastRollout the highest id of a roll-out
 * @param lastWorker the highest id of a worker
 * @param requestedRollout the trigger of a roll-out that has not begun, or {@code null}
 * @param leader the id of the leader, 0 for none
 * @param leadersHandOver what the last leader has left for the next one
 * @param complete whether the pool has been complete once
 * @param workers the workers, oldest first
 * @param secret the secret that all workers have, in Base64
 */
public record ArbiterState(Instant now, PoolSnapshot pool, int lastGeneration, long lastRollout,
		@Nullable String requestedRollout, long lastWorker, long leader, Map<String, String> leadersHandOver,
		boolean complete, List<SavedWorker> workers, String secret) {

	public ArbiterState {
		leadersHandOver = Map.copyOf(leadersHandOver);
		workers = List.copyOf(workers);
	}

	/** Does not contain the secret. */
	@Override
	public String toString() {
		return "ArbiterState[now=" + this.now + ", pool=" + this.pool + ", workers=" + this.workers + "]";
	}

	/** One worker; see {@link Worker}. */
	public record SavedWorker(long id, int index, int generation, boolean replacement, boolean exclusive,
			int earlierCrashes, Instant spawnedAt, int pid, WorkerState state, Instant readyAt, Message.Heartbeat load,
			Message.@Nullable Retire retirement, @Nullable String leaving, Instant deadline,
			@Nullable Instant channelLostAt) {

	}

}
