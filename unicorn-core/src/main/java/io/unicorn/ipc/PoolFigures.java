package io.unicorn.ipc;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * Computes what meters say about a pool. Figures of which there are none yet are NaN.
 */
public final class PoolFigures {

	/** The states of a worker, in their order. */
	public static final List<String> STATES = List.of("booting", "ready", "draining", "exiting");

	/**
	 * Exit reasons whose counters exist from the beginning: a rate cannot be computed of
	 * a counter that appears with its first event. Another reason gets its counter when
	 * it is first seen.
	 */
	public static final List<String> EXIT_REASONS = List.of("boot-failed", "boot-timeout", "channel-lost", "crashed",
			"ended", "hung", "killed", "max-requests", "misbehaved", "other", "out-of-memory", "reload", "retired",
			"rolled-back", "scaled-down", "shutdown", "terminated");

	private PoolFigures() {
	}

	/** Return the number of worker processes in a state. */
	public static double workers(PoolSnapshot pool, String state) {
		return pool.workers().stream().filter((worker) -> worker.state().equals(state)).count();
	}

	/** Return how many requests the workers are serving. */
	public static double requestsInFlight(PoolSnapshot pool) {
		return pool.workers().stream().mapToInt(WorkerInfo::inFlight).sum();
	}

	/** Return how long the newest ready worker took to become ready, in seconds. */
	public static double bootSeconds(PoolSnapshot pool) {
		return pool.workers()
			.stream()
			.filter((worker) -> worker.readyAt() != null)
			.max(Comparator.comparingLong(WorkerInfo::id))
			.map((worker) -> worker.bootMillis() / 1000.0)
			.orElse(Double.NaN);
	}

	/** Return how long ago the last exit of a worker was, in seconds. */
	public static double exitAgeSeconds(PoolSnapshot pool) {
		return pool.lastExits()
			.stream()
			.findFirst()
			.map((exit) -> Math.max(0, Duration.between(exit.at(), Instant.now()).toMillis() / 1000.0))
			.orElse(Double.NaN);
	}

	/** Return the number of workers that have exited for a reason. */
	public static double exits(PoolSnapshot pool, String reason) {
		return pool.exits().getOrDefault(reason, 0L).doubleValue();
	}

	/** Return the number of roll-outs since the start of the pool. */
	public static double rollouts(PoolSnapshot pool) {
		return pool.rollouts().isEmpty() ? 0 : pool.rollouts().get(0).id();
	}

	/** Return 1 while a roll-out is under way, otherwise 0. */
	public static double rolloutActive(PoolSnapshot pool) {
		return (!pool.rollouts().isEmpty() && pool.rollouts().get(0).endedAt() == null) ? 1 : 0;
	}

	/** Return 1 if the latest roll-out that has ended succeeded, 0 if it did not. */
	public static double rolloutSucceeded(PoolSnapshot pool) {
		return pool.rollouts()
			.stream()
			.filter((rollout) -> rollout.endedAt() != null)
			.findFirst()
			.map(RolloutInfo::state)
			.map((state) -> state.equals("succeeded") ? 1.0 : 0.0)
			.orElse(Double.NaN);
	}

	/** Return how many connections wait in a backlog. */
	public static double waiting(ListenerInfo listener) {
		return (listener.waiting() >= 0) ? listener.waiting() : Double.NaN;
	}

}
