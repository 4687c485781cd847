package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Compares the workers that are with those that should be, and says what to do next, one
 * step at a time. Two rules are never broken by a step: as many workers as wanted are
 * ready before one is dismissed, and only one process more than wanted exists for the
 * sake of a replacement.
 */
final class Staffing {

	/** How many processes a replacement may add to the wanted number. */
	static final int SURGE = 1;

	/** One thing to do. */
	sealed interface Step {

	}

	/**
	 * Start a worker.
	 *
	 * @param replacement whether it is to replace a worker that serves meanwhile
	 * @param crashes crashes in a row in its place
	 */
	record Hire(boolean replacement, int crashes) implements Step {

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

	/** Workers of an earlier generation are to be replaced. */
	private int acceptedGeneration = 1;

	private boolean everReady;

	private int failedReplacements;

	private Instant replacementNotBefore = Instant.MIN;

	Staffing(Pool pool) {
		this.pool = pool;
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
	 * Set the oldest generation that is good enough, and return the one before. What kept
	 * the last one from booting says nothing about this one, so nothing waits any more.
	 */
	int accept(int generation) {
		int before = this.acceptedGeneration;
		this.acceptedGeneration = generation;
		this.vacancies.clear();
		this.failedReplacements = 0;
		this.replacementNotBefore = Instant.MIN;
		return before;
	}

	boolean isOutdated(Worker worker) {
		return worker.generation < this.acceptedGeneration || worker.retirement() != null;
	}

	/** Whether a worker of an earlier generation still serves or boots. */
	boolean hasOutdated() {
		return this.pool.active().anyMatch((worker) -> worker.generation < this.acceptedGeneration);
	}

	/**
	 * Return what to do next, or {@code null} if all is as it should be or has to wait.
	 */
	@Nullable Step next(int target, Instant now) {
		Step step = trim(target);
		if (step == null) {
			step = fill(target, now);
		}
		return (step != null) ? step : replace(target, now);
	}

	private @Nullable Step trim(int target) {
		if (this.pool.ready() > target) {
			return this.pool.oldest((worker) -> worker.is(WorkerState.READY) && isOutdated(worker))
				.map((worker) -> new Dismiss(worker, true))
				.or(() -> this.pool.oldest((worker) -> worker.is(WorkerState.READY))
					.map((worker) -> new Dismiss(worker, false)))
				.orElseThrow();
		}
		long wanted = this.pool.active().filter((worker) -> !isOutdated(worker)).count();
		if (wanted > target) {
			return this.pool.youngest((worker) -> worker.is(WorkerState.BOOTING) && !isOutdated(worker))
				.map(CallOff::new)
				.orElse(null);
		}
		return null;
	}

	private @Nullable Step fill(int target, Instant now) {
		int missing = target - (int) this.pool.active().count();
		while (this.vacancies.size() > Math.max(0, missing)) {
			this.vacancies.remove(this.vacancies.size() - 1);
		}
		if (missing <= 0 || (!this.everReady && this.pool.in(WorkerState.BOOTING).findAny().isPresent())) {
			// The very first worker boots alone: a broken build then fails once, and
			// what may run only once, such as a migration, is done when the others come.
			return null;
		}
		if (missing > this.vacancies.size()) {
			return new Hire(false, 0);
		}
		if (!now.isBefore(this.vacancies.get(0).notBefore())) {
			return new Hire(false, this.vacancies.remove(0).crashes());
		}
		return null;
	}

	private @Nullable Step replace(int target, Instant now) {
		boolean possible = this.pool.active().count() == target && this.pool.size() < target + SURGE
				&& !now.isBefore(this.replacementNotBefore);
		return (possible && isReplacementNeeded()) ? new Hire(true, 0) : null;
	}

	private boolean isReplacementNeeded() {
		return this.everReady && this.pool.active().anyMatch(this::isOutdated);
	}

	/** Return when {@link #next} may have something to do without any event. */
	Stream<Instant> deadlines() {
		Stream<Instant> due = this.vacancies.stream().map(Vacancy::notBefore);
		return isReplacementNeeded() ? Stream.concat(due, Stream.of(this.replacementNotBefore)) : due;
	}

}
