package io.unicorn.ipc;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

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
 * @param rollouts the latest roll-outs, newest first
 */
public record PoolSnapshot(MasterInfo master, int target, int ready, List<WorkerInfo> workers, Map<String, Long> exits,
		List<RolloutInfo> rollouts) {

	public PoolSnapshot {
		Require.atLeast(0, "target", target);
		Require.atLeast(0, "ready", ready);
		workers = List.copyOf(workers);
		exits = Map.copyOf(exits);
		exits.values().forEach((count) -> Require.atLeast(0, "exits", count));
		rollouts = List.copyOf(rollouts);
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

	/**
	 * One replacement of all workers by others.
	 *
	 * @param id number of the roll-out, from 1
	 * @param from generation that served before, from 1
	 * @param to generation that was to serve, from 2
	 * @param code what the workers of the new generation run, such as the name and the
	 * hash of a jar file; empty while that is not known
	 * @param trigger what it was begun by
	 * @param state {@code preparing}, {@code booting} or {@code observing} the first new
	 * worker, {@code rolling}, {@code watching} the whole new generation,
	 * {@code rolling-back}; or the result: {@code succeeded}, {@code rolled-back},
	 * {@code aborted}
	 * @param startedAt when it began
	 * @param endedAt when it ended, or {@code null}
	 * @param reason why it was rolled back or aborted; empty otherwise
	 * @param steps what happened, oldest first
	 * @param log the last lines that the process at fault has printed
	 */
	public record RolloutInfo(long id, int from, int to, String code, String trigger, String state, Instant startedAt,
			@Nullable Instant endedAt, String reason, List<StepInfo> steps, List<String> log) {

		public RolloutInfo {
			Require.atLeast(1, "id", id);
			Require.atLeast(1, "from", from);
			Require.atLeast(1, "to", to);
			steps = List.copyOf(steps);
			log = List.copyOf(log);
		}

	}

	/**
	 * One step of a roll-out.
	 *
	 * @param at when it happened
	 * @param what what happened, as a phrase
	 */
	public record StepInfo(Instant at, String what) {

	}

}
