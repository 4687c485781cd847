package io.unicorn.ipc;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * State of the pool at one moment, as the master sees it. Immutable. Counts are never
 * negative; a constructor that is given a number out of range throws an
 * {@link IllegalArgumentException} that names it.
 *
 * @param master the master process
 * @param target number of workers wanted
 * @param ready number of workers that accept connections
 * @param workers every worker process alive, by index
 * @param exits how many workers have exited so far, by reason
 */
public record PoolSnapshot(MasterInfo master, int target, int ready, List<WorkerInfo> workers,
		Map<String, Long> exits) {

	public PoolSnapshot {
		Require.atLeast(0, "target", target);
		Require.atLeast(0, "ready", ready);
		workers = List.copyOf(workers);
		exits = Map.copyOf(exits);
		exits.values().forEach((count) -> Require.atLeast(0, "exits", count));
	}

	/**
	 * The master process.
	 *
	 * @param pid its process id
	 * @param startedAt when it started
	 * @param generation number of the current generation, from 1
	 * @param state what the pool is doing: {@code starting}, {@code running},
	 * {@code reloading} or {@code stopping}
	 */
	public record MasterInfo(int pid, Instant startedAt, int generation, String state) {

		public MasterInfo {
			Require.atLeast(1, "pid", pid);
			Require.atLeast(1, "generation", generation);
		}

	}

	/**
	 * One worker process.
	 *
	 * @param index its number among the workers alive, from 0
	 * @param id its number among all workers ever started, from 1
	 * @param pid its process id
	 * @param generation the generation it runs, from 1
	 * @param state {@code booting}, {@code ready}, {@code draining} or {@code exiting}
	 * @param leader whether it is the leader
	 * @param startedAt when it was spawned
	 * @param requests requests it had answered at its last heartbeat
	 * @param inFlight requests it was serving at its last heartbeat
	 */
	public record WorkerInfo(int index, long id, int pid, int generation, String state, boolean leader,
			Instant startedAt, long requests, int inFlight) {

		public WorkerInfo {
			Require.atLeast(0, "index", index);
			Require.atLeast(1, "id", id);
			Require.atLeast(1, "pid", pid);
			Require.atLeast(1, "generation", generation);
			Require.atLeast(0, "requests", requests);
			Require.atLeast(0, "inFlight", inFlight);
		}

	}

}
