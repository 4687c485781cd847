package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.launch.settings.RolloutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Compares the workers with the target, and returns the next step, one at a time. No step
 * breaks two rules: when a worker is drained, at most {@code max-unavailable} of the
 * target are missing, and a replacement is started only while at most {@code max-surge}
 * processes exist beyond the target. Of one generation, at most one worker per processor
 * boots at a time: more would slow each other down, and the workers that serve. The
 * canary, the first worker of a new generation, is outside these rules: it is not part of
 * the target and replaces no worker. Not thread-safe.
 */
public final class Reconciler {

	private static final int NONE = 0;

	/** One thing to do. */
	public sealed interface Step {

	}

	/**
	 * Start a worker.
	 *
	 * @param generation the generation it belongs to
	 * @param replacement whether it replaces a worker that serves until it is ready
	 * @param crashes crashes in a row of its predecessors
	 */
	public record Start(int generation, boolean replacement, int crashes) implements Step {

	}

	/**
	 * Drain a ready worker.
	 *
	 * @param superseded whether it is drained because it is outdated, not surplus
	 */
	public record Drain(Worker worker, boolean superseded) implements Step {

	}

	/** End a worker that is still booting and is surplus. */
	public record Abort(Worker worker) implements Step {

	}

	private final Pool pool;

	private final int processors;

	private final List<PendingRespawn> pendingRespawns = new ArrayList<>();

	/** The generation that all workers shall belong to. */
	private int generation = 1;

	/** The generation of the canary. */
	private int canary = NONE;

	/** Generations of which no worker can be started now. */
	private final Set<Integer> held = new HashSet<>();

	private boolean everReady;

	private int failedReplacements;

	private Instant replacementNotBefore = Instant.MIN;

	/**
	 * Create.
	 * @param processors how many workers of a generation may boot at a time
	 */
	public Reconciler(Pool pool, int processors) {
		this.pool = pool;
		this.processors = processors;
	}

	/**
	 * Continue after another master, which has had ready workers.
	 */
	public void restore(int generation) {
		this.generation = generation;
		this.everReady = true;
	}

	public boolean hasEverBeenReady() {
		return this.everReady;
	}

	public void workerReady(Worker worker) {
		this.everReady = true;
		if (worker.isReplacement() && worker.generation() == this.generation) {
			this.failedReplacements = 0;
			this.replacementNotBefore = Instant.MIN;
		}
	}

	/** Start a successor of a crashed worker when its back-off is over. */
	public void scheduleRespawn(PendingRespawn respawn) {
		this.pendingRespawns.add(respawn);
		this.pendingRespawns.sort(Comparator.comparing(PendingRespawn::notBefore));
	}

	/**
	 * Note that a replacement did not become ready.
	 * @param longest the longest time that the next attempt may wait
	 * @return how long the next attempt waits
	 */
	public Duration replacementFailed(Backoff backoff, Duration longest, Instant now) {
		// The first failure waits too: code that has just failed to boot rarely boots
		// now.
		Duration delay = backoff.delay(++this.failedReplacements + 1, longest);
		this.replacementNotBefore = now.plus(delay);
		return delay;
	}

	/**
	 * Start one worker of a generation as the canary.
	 */
	public void startCanary(int generation) {
		this.canary = generation;
	}

	public boolean hasCanary() {
		return this.canary != NONE;
	}

	/** End the canary phase; a worker of its generation is outdated from now on. */
	public void dropCanary() {
		this.canary = NONE;
	}

	/** Start no worker of a generation until it is released. */
	public void hold(int generation) {
		this.held.add(generation);
	}

	public void release(int generation) {
		this.held.remove(generation);
	}

	/** Whether no worker of a generation can be started now. */
	public boolean isHeld(int generation) {
		return this.held.contains(generation);
	}

	/**
	 * Set the generation that all workers shall belong to, and end the canary phase. No
	 * back-off remains, because it stems from failures of another generation.
	 */
	public void accept(int generation) {
		this.generation = generation;
		this.canary = NONE;
		this.pendingRespawns.clear();
		this.failedReplacements = 0;
		this.replacementNotBefore = Instant.MIN;
	}

	/** Whether workers that were started recently have failed, or none can be started. */
	public boolean isFailing() {
		return isHeld(this.generation) || this.failedReplacements > 0
				|| this.pendingRespawns.stream().anyMatch((respawn) -> respawn.crashes() > 1);
	}

	/** Whether a worker is to be replaced. */
	public boolean isOutdated(Worker worker) {
		return worker.generation() != this.generation || worker.retirement() != null;
	}

	/** Whether a worker of another generation still serves or boots. */
	public boolean hasOutdated() {
		return members().anyMatch((worker) -> worker.isActive() && worker.generation() != this.generation);
	}

	/** Whether all workers are of the generation, and as many as wanted are ready. */
	public boolean isUpToDate(int target) {
		return !hasOutdated() && this.pool.ready() >= target;
	}

	/** Return all workers but the canary. */
	private Stream<Worker> members() {
		return this.pool.stream().filter((worker) -> !isCanary(worker));
	}

	private boolean isCanary(Worker worker) {
		return this.canary != NONE && worker.generation() == this.canary;
	}

	private int active() {
		return (int) members().filter(Worker::isActive).count();
	}

	/**
	 * Return the next step, or {@code null} if there is none now.
	 * @param target the number of workers wanted
	 * @param limits how many workers a replacement may add and remove
	 */
	public @Nullable Step next(int target, RolloutSettings limits, Instant now) {
		// Where no process may be added, the canary takes the place of another worker.
		boolean takesPlace = this.canary != NONE && limits.maxSurge() == 0;
		int wanted = takesPlace ? Math.max(0, target - 1) : target;
		Step step = trim(wanted, target, limits);
		if (step == null) {
			step = mayBoot(this.generation) ? fill(wanted, target, limits, now) : null;
		}
		if (step == null) {
			step = canaryStep(target, limits);
		}
		if (step == null && mayBoot(this.generation)) {
			step = replace(wanted, target, limits, now);
		}
		return step;
	}

	private boolean mayBoot(int generation) {
		return this.pool.in(WorkerState.BOOTING)
			.filter((worker) -> worker.generation() == generation)
			.count() < this.processors;
	}

	private @Nullable Step trim(int wanted, int target, RolloutSettings limits) {
		long ready = members().filter((worker) -> worker.is(WorkerState.READY)).count();
		if (ready > target - limits.maxUnavailable()) {
			Worker outdated = oldestReady(true);
			if (outdated != null && (ready > wanted || getsSuccessor(outdated, wanted))) {
				return new Drain(outdated, true);
			}
		}
		if (ready > wanted) {
			return new Drain(Objects.requireNonNull(oldestReady(false)), false);
		}
		long current = members().filter((worker) -> worker.isActive() && !isOutdated(worker)).count();
		if (current > wanted) {
			return this.pool.youngest((worker) -> worker.is(WorkerState.BOOTING) && !isOutdated(worker))
				.map(Abort::new)
				.orElse(null);
		}
		return null;
	}

	private @Nullable Worker oldestReady(boolean outdated) {
		return this.pool
			.oldest((worker) -> worker.is(WorkerState.READY) && !isCanary(worker) && isOutdated(worker) == outdated)
			.orElse(null);
	}

	/**
	 * Whether a successor will be started if this worker leaves, so that it may be
	 * drained before its successor is ready.
	 */
	private boolean getsSuccessor(Worker worker, int wanted) {
		return this.everReady && worker.isActive() && active() <= wanted && !isHeld(this.generation);
	}

	private @Nullable Step fill(int wanted, int target, RolloutSettings limits, Instant now) {
		int missing = wanted - active();
		while (this.pendingRespawns.size() > Math.max(0, missing)) {
			this.pendingRespawns.remove(this.pendingRespawns.size() - 1);
		}
		if (missing <= 0 || isHeld(this.generation)
				|| (!this.everReady && this.pool.in(WorkerState.BOOTING).findAny().isPresent())) {
			// The very first worker boots alone: a broken build then fails once, and a
			// task that may run only once, such as a migration, ends before the others
			// boot.
			return null;
		}
		if (missing > this.pendingRespawns.size()) {
			// A worker that drains before its successor has started counts until its
			// process has ended.
			boolean full = limits.maxUnavailable() > 0 && this.pool.in(WorkerState.DRAINING).findAny().isPresent()
					&& this.pool.size() >= target + limits.maxSurge();
			return full ? null : new Start(this.generation, false, 0);
		}
		if (!now.isBefore(this.pendingRespawns.get(0).notBefore())) {
			return new Start(this.generation, false, this.pendingRespawns.remove(0).crashes());
		}
		return null;
	}

	private @Nullable Step canaryStep(int target, RolloutSettings limits) {
		// The canary phase has to end even if the target is 0.
		int most = Math.max(1, target + limits.maxSurge());
		boolean possible = this.canary != NONE && !isHeld(this.canary) && this.pool.stream().noneMatch(this::isCanary)
				&& this.pool.size() < most;
		return possible ? new Start(this.canary, true, 0) : null;
	}

	private @Nullable Step replace(int wanted, int target, RolloutSettings limits, Instant now) {
		int active = active();
		boolean possible = active >= wanted && !isHeld(this.generation) && this.pool.size() < target + limits.maxSurge()
				&& !now.isBefore(this.replacementNotBefore);
		return (possible && active - wanted < outdated()) ? new Start(this.generation, true, 0) : null;
	}

	/** Return how many workers wait for a replacement. */
	private long outdated() {
		return this.everReady ? members().filter((worker) -> worker.isActive() && isOutdated(worker)).count() : 0;
	}

	/** Return when {@link #next} may return a step without any event before. */
	public Stream<Instant> deadlines() {
		Stream<Instant> due = this.pendingRespawns.stream().map(PendingRespawn::notBefore);
		return (outdated() > 0) ? Stream.concat(due, Stream.of(this.replacementNotBefore)) : due;
	}

}
