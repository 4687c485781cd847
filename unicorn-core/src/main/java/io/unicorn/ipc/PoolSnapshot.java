package io.unicorn.ipc;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Describes the pool at one moment, as the master sees it. Immutable, as its parts are.
 * Counts are 0 or more. A constructor throws {@link IllegalArgumentException}, which
 * names the component, for a number out of range, and {@link NullPointerException} for a
 * collection that is {@code null} or contains {@code null}.
 *
 * @param master the master process
 * @param target number of workers wanted
 * @param ready number of workers that accept connections
 * @param listeners the listeners of the pool; empty in a summary
 * @param workers every worker process alive, ordered by index
 * @param exits number of workers that have exited so far, by exit reason
 * @param lastExits the latest exits of workers, newest first; empty in a summary
 * @param rollouts the latest roll-outs, newest first
 * @param problem why workers are missing though the master tries to start them, as a
 * phrase; empty if that is not known
 */
public record PoolSnapshot(MasterInfo master, int target, int ready, List<ListenerInfo> listeners,
		List<WorkerInfo> workers, Map<String, Long> exits, List<ExitInfo> lastExits, List<RolloutInfo> rollouts,
		String problem) {

	/** Describe a pool without a problem, without its listeners and latest exits. */
	public PoolSnapshot(MasterInfo master, int target, int ready, List<WorkerInfo> workers, Map<String, Long> exits,
			List<RolloutInfo> rollouts) {
		this(master, target, ready, List.of(), workers, exits, List.of(), rollouts, "");
	}

	public PoolSnapshot {
		Require.atLeast(0, "target", target);
		Require.atLeast(0, "ready", ready);
		listeners = List.copyOf(listeners);
		workers = List.copyOf(workers);
		lastExits = List.copyOf(lastExits);
		exits = Map.copyOf(exits);
		exits.values().forEach((count) -> Require.atLeast(0, "exits", count));
		rollouts = List.copyOf(rollouts);
	}

	/**
	 * Return a short form for those who ask often. Of each worker it has the first nine
	 * components, of the roll-outs the latest one, without its steps and the output of a
	 * process.
	 * @return the short form
	 */
	public PoolSnapshot summary() {
		return new PoolSnapshot(this.master.summary(), this.target, this.ready, List.of(),
				this.workers.stream().map(WorkerInfo::summary).toList(), this.exits, List.of(),
				this.rollouts.stream().limit(1).map(RolloutInfo::summary).toList(), this.problem);
	}

	/**
	 * Describes the master process.
	 *
	 * @param pid its process id
	 * @param startedAt when it started
	 * @param uptimeSeconds how long ago that was; 0 in a summary
	 * @param version the version of its code; empty if that is not known, and in a
	 * summary
	 * @param jdk the version of the JDK that runs it; empty in a summary
	 * @param state what the pool is doing: {@code starting}, {@code running},
	 * {@code reloading} or {@code stopping}
	 * @param generation number of the current generation, from 1
	 */
	public record MasterInfo(int pid, Instant startedAt, long uptimeSeconds, String version, String jdk, String state,
			int generation) {

		/** Describe a master by what a summary has. */
		public MasterInfo(int pid, Instant startedAt, int generation, String state) {
			this(pid, startedAt, 0, "", "", state, generation);
		}

		public MasterInfo {
			Require.atLeast(1, "pid", pid);
			Require.atLeast(0, "uptimeSeconds", uptimeSeconds);
			Require.atLeast(1, "generation", generation);
		}

		MasterInfo summary() {
			return new MasterInfo(this.pid, this.startedAt, this.generation, this.state);
		}

	}

	/**
	 * Describes one listener, which all workers share.
	 *
	 * @param name its name, such as {@code http} or {@code management}
	 * @param address IP address and port, as in a URL
	 * @param waiting connections in its backlog, which no worker has accepted yet; -1 if
	 * they cannot be counted
	 * @param backlog how many connections its backlog holds
	 */
	public record ListenerInfo(String name, String address, int waiting, int backlog) {

		public ListenerInfo {
			Require.atLeast(-1, "waiting", waiting);
			Require.atLeast(0, "backlog", backlog);
		}

	}

	/**
	 * Describes one worker process. Its own figures are those of its last heartbeat.
	 *
	 * @param index its slot, from 0
	 * @param id its number among all workers ever started, from 1
	 * @param pid its process id
	 * @param generation the generation it runs, from 1
	 * @param state {@code booting}, {@code ready}, {@code draining} or {@code exiting}
	 * @param leader whether it is the leader
	 * @param startedAt when it was spawned
	 * @param requests requests that it has answered
	 * @param inFlight requests that it is serving
	 * @param errors requests that it has answered with a status of 500 or above
	 * @param oldestRequestMillis age of the oldest request that it is serving, in
	 * milliseconds, 0 if there is none
	 * @param connections open client connections
	 * @param readyAt when it became ready, {@code null} if it has not been ready
	 * @param bootMillis from its spawn until it became ready, in milliseconds; 0 if it
	 * has not been ready
	 * @param lastHeartbeatMillis how long ago its last heartbeat was, or its spawn if it
	 * has sent none, in milliseconds
	 * @param heapUsedBytes used part of the Java heap, in bytes
	 * @param heapMaxBytes the size to which the Java heap may grow, in bytes; 0 if it is
	 * not known
	 * @param rssBytes memory that the process holds in RAM, in bytes; 0 if it cannot be
	 * read
	 * @param cpuPercent processor time that the process uses, in percent of one
	 * processor, so it may be above 100: since the master was asked before, or since the
	 * process was started if it has not been asked. This, the memory and the threads are
	 * up to a second old
	 * @param threads its threads, those of the JVM included; 0 if they cannot be counted
	 */
	public record WorkerInfo(int index, long id, int pid, int generation, String state, boolean leader,
			Instant startedAt, long requests, int inFlight, long errors, long oldestRequestMillis, int connections,
			@Nullable Instant readyAt, long bootMillis, long lastHeartbeatMillis, long heapUsedBytes, long heapMaxBytes,
			long rssBytes, double cpuPercent, int threads) {

		/** Describe a worker by what a summary has. */
		public WorkerInfo(int index, long id, int pid, int generation, String state, boolean leader, Instant startedAt,
				long requests, int inFlight) {
			this(index, id, pid, generation, state, leader, startedAt, requests, inFlight, 0, 0, 0, null, 0, 0, 0, 0, 0,
					0, 0);
		}

		public WorkerInfo {
			Require.atLeast(0, "index", index);
			Require.atLeast(1, "id", id);
			Require.atLeast(1, "pid", pid);
			Require.atLeast(1, "generation", generation);
			Require.atLeast(0, "requests", requests);
			Require.atLeast(0, "inFlight", inFlight);
			Require.atLeast(0, "errors", errors);
			Require.atLeast(0, "oldestRequestMillis", oldestRequestMillis);
			Require.atLeast(0, "connections", connections);
			Require.atLeast(0, "bootMillis", bootMillis);
			Require.atLeast(0, "lastHeartbeatMillis", lastHeartbeatMillis);
			Require.atLeast(0, "heapUsedBytes", heapUsedBytes);
			Require.atLeast(0, "heapMaxBytes", heapMaxBytes);
			Require.atLeast(0, "rssBytes", rssBytes);
			Require.atLeast(0, "cpuPercent", cpuPercent);
			Require.atLeast(0, "threads", threads);
		}

		/**
		 * Return this worker with what the kernel knows of its process.
		 * @param rssBytes memory in RAM, in bytes
		 * @param cpuPercent processor time, in percent of one processor
		 * @param threads number of threads
		 * @return the worker
		 */
		public WorkerInfo with(long rssBytes, double cpuPercent, int threads) {
			return new WorkerInfo(this.index, this.id, this.pid, this.generation, this.state, this.leader,
					this.startedAt, this.requests, this.inFlight, this.errors, this.oldestRequestMillis,
					this.connections, this.readyAt, this.bootMillis, this.lastHeartbeatMillis, this.heapUsedBytes,
					this.heapMaxBytes, rssBytes, cpuPercent, threads);
		}

		WorkerInfo summary() {
			return new WorkerInfo(this.index, this.id, this.pid, this.generation, this.state, this.leader,
					this.startedAt, this.requests, this.inFlight);
		}

	}

	/**
	 * Describes the exit of a worker.
	 *
	 * @param id the number of the worker, from 1
	 * @param pid its process id, 0 if its process could not be started
	 * @param reason the word under which the exit is counted
	 * @param detail what happened, as a phrase
	 * @param at when the master noticed it
	 * @param dumpFile the dump that the worker had written, as far as the master knows;
	 * empty if there is none
	 */
	public record ExitInfo(long id, int pid, String reason, String detail, Instant at, String dumpFile) {

		public ExitInfo {
			Require.atLeast(1, "id", id);
			Require.atLeast(0, "pid", pid);
		}

	}

	/**
	 * Describes one roll-out: the replacement of all workers by those of another
	 * generation.
	 *
	 * @param id number of the roll-out, from 1
	 * @param from generation that served before, from 1
	 * @param to generation that was to serve, from 2
	 * @param code name and hash of the jar file that the new generation runs; empty while
	 * that is not known
	 * @param trigger the cause of the roll-out, as a phrase
	 * @param state {@code preparing}, {@code booting} or {@code observing} the canary,
	 * {@code rolling}, {@code watching} the whole new generation, {@code rolling-back};
	 * or the result: {@code succeeded}, {@code rolled-back}, {@code aborted}
	 * @param startedAt when it began
	 * @param endedAt when it ended, or {@code null}
	 * @param reason why it was rolled back or aborted; empty otherwise
	 * @param steps what happened, oldest first
	 * @param log the last lines of the output of the process that failed; empty if none
	 * did
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

		private RolloutInfo summary() {
			return new RolloutInfo(this.id, this.from, this.to, this.code, this.trigger, this.state, this.startedAt,
					this.endedAt, this.reason, List.of(), List.of());
		}

	}

	/**
	 * Describes one step of a roll-out.
	 *
	 * @param at when it happened
	 * @param what what happened, as a phrase
	 */
	public record StepInfo(Instant at, String what) {

	}

}
