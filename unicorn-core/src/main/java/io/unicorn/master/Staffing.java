package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.unicorn.launch.RolloutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Compares the workers that are with those that should be, and says what to do next, one
 * step at a time. Two rules are never broken by a step: no more of the wanted workers are
 * missing than {@code max-unavailable} allows when one is dismissed, and no more
 * processes than {@code max-surge} allows exist beyond the wanted number for the sake of
 * a replacement. A candidate, the first worker of a generation that is on trial, is
 * beside all that: it neither counts as one of the wanted nor takes anybody's place.
 */
final class Staffing {

	private static final int NOBODY = 0;

	/** One thing to do. */
	sealed interface Step {

	}

	/**
	 * Start a worker.
	 *
	 * @param generation the generation it belongs to
	 * @param replacement whether it is to replace a worker that serves meanwhile
	 * @param crashes crashes in a row in its place
	 */
	record Hire(int generation, boolean replacement, int crashes) implements Step {

	}

	/**
	 * Let a ready worker drain.
	 *
	 * @param superseded whether another has taken its place
	 */
	record Dismiss(Worker worker, boolean superseded) implements Step {

	}

	/** End a worker that is still booting and not wanted any more. */
	record CallOff(Worker worker) implements Step {

	}

	private final Pool pool;

	private final List<Vacancy> vacancies = new ArrayList<>();

	/** The generation that all workers are to be of. */
	private int generation = 1;

	/** The generation that is on trial, if there is one. */
	private int candidate = NOBODY;

	private boolean everReady;

	private int failedReplacements;

	private Instant replacementNotBefore = Instant.MIN;

	Staffing(Pool pool) {
		this.pool = pool;
	}

	/**
	 * Go on after another master, in whose time workers have been ready.
	 */
	void restore(int generation) {
		this.generation = generation;
		this.everReady = true;
	}

	boolean hasEverBeenReady() {
		return this.everReady;
	}

	void wasReady(Worker worker) {
		this.everReady = true;
		if (worker.replacement) {
			this.failedReplacements = 0;
			this.replacementNotBefore = Instant.MIN;
		}
	}

	void vacate(Vacancy vacancy) {
		this.vacancies.add(vacancy);
		this.vacancies.sort(Comparator.comparing(Vacancy::notBefore));
	}

	Duration replacementFailed(Backoff backoff, Instant now) {
		// The first failure waits too: what did not boot a moment ago seldom boots now.
		Duration delay = backoff.delay(++this.failedReplacements + 1);
		this.replacementNotBefore = now.plus(delay);
		return delay;
	}

	/**
	 * Put a generation on trial: one worker of it is started.
	 */
	void tryOut(int generation) {
		this.candidate = generation;
	}

	boolean isOnTrial() {
		return this.candidate != NOBODY;
	}

	/** End the trial. What is there of its generation is dismissed like any surplus. */
	void dropCandidate() {
		this.candidate = NOBODY;
	}

	/**
	 * Set the generation that all workers are to be of; the trial is over. What kept the
	 * last one from booting says nothing about this one, so nothing waits any more.
	 */
	void accept(int generation) {
		this.generation = generation;
		this.candidate = NOBODY;
		this.vacancies.clear();
		this.failedReplacements = 0;
		this.replacementNotBefore = Instant.MIN;
	}

	/** Whether the workers that are started do not become ready. */
	boolean isFailing() {
		return this.failedReplacements > 0 || this.vacancies.stream().anyMatch((vacancy) -> vacancy.crashes() > 1);
	}

	boolean isOutdated(Worker worker) {
		return worker.generation != this.generation || worker.retirement() != null;
	}

	/** Whether a worker of another generation still serves or boots. */
	boolean hasOutdated() {
		return members().anyMatch((worker) -> worker.isActive() && worker.generation != this.generation);
	}

	/** Everybody but the candidate. */
	private Stream<Worker> members() {
		return this.pool.stream().filter((worker) -> !isCandidate(worker));
	}

	private boolean isCandidate(Worker worker) {
		return this.candidate != NOBODY && worker.generation == this.candidate;
	}

	private int active() {
		return (int) members().filter(Worker::isActive).count();
	}

	/**
	 * Return what to do next, or {@code null} if all is as it should be or has to wait.
	 * @param target the number of workers wanted
	 * @param limits what a replacement may add and take away
	 */
	@Nullable Step next(int target, RolloutSettings limits, Instant now) {
		// Where no process may be added, the candidate needs the place of another.
		boolean takesPlace = this.candidate != NOBODY && limits.maxSurge() == 0;
		int wanted = takesPlace ? Math.max(0, target - 1) : target;
		Step step = trim(wanted, target, limits);
		if (step == null) {
			step = fill(wanted, target, limits, now);
		}
		if (step == null) {
			step = startCandidate(target, limits);
		}
		return (step != null) ? step : replace(wanted, target, limits, now);
	}

	private @Nullable Step trim(int wanted, int target, RolloutSettings limits) {
		long ready = members().filter((worker) -> worker.is(WorkerState.READY)).count();
		if (ready > target - limits.maxUnavailable()) {
			Worker outdated = oldestReady(true);
			if (outdated != null && (ready > wanted || isMissed(outdated, wanted))) {
				return new Dismiss(outdated, true);
			}
		}
		if (ready > wanted) {
			return new Dismiss(Objects.requireNonNull(oldestReady(false)), false);
		}
		long current = members().filter((worker) -> worker.isActive() && !isOutdated(worker)).count();
		if (current > wanted) {
			return this.pool.youngest((worker) -> worker.is(WorkerState.BOOTING) && !isOutdated(worker))
				.map(CallOff::new)
				.orElse(null);
		}
		return null;
	}

	private @Nullable Worker oldestReady(boolean outdated) {
		return this.pool
			.oldest((worker) -> worker.is(WorkerState.READY) && !isCandidate(worker) && isOutdated(worker) == outdated)
			.orElse(null);
	}

	/**
	 * Whether a worker may go before its successor is there: only if that one will be
	 * started in its place, and is not there already.
	 */
	private boolean isMissed(Worker worker, int wanted) {
		return this.everReady && worker.isActive() && active() <= wanted;
	}

	private @Nullable Step fill(int wanted, int target, RolloutSettings limits, Instant now) {
		int missing = wanted - active();
		while (this.vacancies.size() > Math.max(0, missing)) {
			this.vacancies.remove(this.vacancies.size() - 1);
		}
		if (missing <= 0 || (!this.everReady && this.pool.in(WorkerState.BOOTING).findAny().isPresent())) {
			// The very first worker boots alone: a broken build then fails once, and
			// what may run only once, such as a migration, is done when the others come.
			return null;
		}
		if (missing > this.vacancies.size()) {
			// The place of one that was dismissed before its successor came is free when
			// its process has left.
			boolean full = limits.maxUnavailable() > 0 && this.pool.in(WorkerState.DRAINING).findAny().isPresent()
					&& this.pool.size() >= target + limits.maxSurge();
			return full ? null : new Hire(this.generation, false, 0);
		}
		if (!now.isBefore(this.vacancies.get(0).notBefore())) {
			return new Hire(this.generation, false, this.vacancies.remove(0).crashes());
		}
		return null;
	}

	private @Nullable Step startCandidate(int target, RolloutSettings limits) {
		// Nobody may be wanted by now, and yet the trial has to come to an end.
		int most = Math.max(1, target + limits.maxSurge());
		boolean possible = this.candidate != NOBODY && this.pool.stream().noneMatch(this::isCandidate)
				&& this.pool.size() < most;
		return possible ? new Hire(this.candidate, true, 0) : null;
	}

	private @Nullable Step replace(int wanted, int target, RolloutSettings limits, Instant now) {
		int active = active();
		boolean possible = active >= wanted && this.pool.size() < target + limits.maxSurge()
				&& !now.isBefore(this.replacementNotBefore);
		return (possible && active - wanted < outdated()) ? new Hire(this.generation, true, 0) : null;
	}

	/** How many workers wait for a replacement. */
	private long outdated() {
		return this.everReady ? members().filter((worker) -> worker.isActive() && isOutdated(worker)).count() : 0;
	}

	/** Return when {@link #next} may have something to do without any event. */
	Stream<Instant> deadlines() {
		Stream<Instant> due = this.vacancies.stream().map(Vacancy::notBefore);
		return (outdated() > 0) ? Stream.concat(due, Stream.of(this.replacementNotBefore)) : due;
	}

}
