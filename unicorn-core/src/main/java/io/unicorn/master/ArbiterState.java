package io.unicorn.master;

import java.time.Instant;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What an arbiter knows, so that another one can go on where it was. No roll-out is under
 * way, and no vacancy waits: a place that was vacant is filled at once.
 *
 * @param now the arbiter's time
 * @param pool the pool as anybody sees it
 * @param lastGeneration the highest number that was given to a generation
 * @param lastRollout the highest number that was given to a roll-out
 * @param lastWorker the highest number that was given to a worker
 * @param requestedRollout what asked for a roll-out that has not begun, or {@code null}
 * @param leader the number of the leader, 0 for nobody
 * @param complete whether as many workers as wanted have been ready
 * @param workers the workers, oldest first
 */
record ArbiterState(Instant now, PoolSnapshot pool, int lastGeneration, long lastRollout,
		@Nullable String requestedRollout, long lastWorker, long leader, boolean complete, List<SavedWorker> workers) {

	ArbiterState {
		workers = List.copyOf(workers);
	}

	/** One worker; see {@link Worker}. */
	record SavedWorker(long id, int index, int generation, boolean replacement, boolean exclusive, int earlierCrashes,
			Instant spawnedAt, int pid, WorkerState state, Instant readyAt, Message.Heartbeat load,
			Message.@Nullable Retire retirement, @Nullable String leaving, Instant deadline,
			@Nullable Instant channelLostAt) {

	}

}
