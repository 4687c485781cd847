package io.unicorn.boot.scheduling;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

/**
 * Says when the runs of a task are due.
 */
sealed interface Timing {

	/**
	 * One run.
	 *
	 * @param due when it was due
	 * @param started when it has begun
	 * @param ended when it has ended; when it has begun if the next run does not wait for
	 * its end
	 */
	record Run(Instant due, Instant started, Instant ended) {

	}

	/**
	 * Return when the first run is due in a leader to which no other one has left it.
	 * @param first whether it is the first leader of the pool
	 * @return an instant, or {@code null} for never
	 */
	@Nullable Instant begin(boolean first, Instant now);

	/**
	 * Return when the next run is due.
	 * @param before the run before
	 * @param granted since when this worker is the leader; each run that was due before
	 * follows at once
	 * @return an instant, or {@code null} for never
	 */
	@Nullable Instant next(Run before, Instant granted);

	/** Whether the next run waits for the end of the one before, on any scheduler. */
	default boolean isSerial() {
		return false;
	}

	/** By a trigger, such as a cron expression. */
	record Triggered(Trigger trigger) implements Timing {

		@Override
		public @Nullable Instant begin(boolean first, Instant now) {
			return this.trigger.nextExecution(new SimpleTriggerContext(Clock.fixed(now, ZoneId.systemDefault())));
		}

		@Override
		public @Nullable Instant next(Run before, Instant granted) {
			Instant due = before.due();
			return this.trigger.nextExecution(due.isBefore(granted) ? new SimpleTriggerContext(due, due, due)
					: new SimpleTriggerContext(due, before.started(), before.ended()));
		}

		@Override
		public String toString() {
			return TaskName.of(this.trigger);
		}

	}

	/** At a fixed rate. */
	record Rate(Instant start, Duration period) implements Timing {

		/**
		 * A task that is further behind does not catch up, as after a leap of the clock.
		 */
		private static final Duration BEHIND = Duration.ofMinutes(1);

		@Override
		public Instant begin(boolean first, Instant now) {
			return first ? later(this.start, now) : inPhase(this.start, this.period, now);
		}

		@Override
		public Instant next(Run before, Instant granted) {
			Instant due = before.due().plus(this.period);
			Instant ended = before.ended();
			boolean leapt = due.isAfter(ended.plus(this.period))
					|| (!before.due().isBefore(granted) && due.isBefore(ended.minus(BEHIND)));
			return leapt ? before.started().plus(this.period) : due;
		}

		@Override
		public String toString() {
			return "every " + this.period;
		}

	}

	/** With a fixed delay between the end of a run and the next one. */
	record Delay(Instant start, Duration delay) implements Timing {

		@Override
		public Instant begin(boolean first, Instant now) {
			return first ? later(this.start, now) : inPhase(this.start, this.delay, now);
		}

		@Override
		public Instant next(Run before, Instant granted) {
			return before.ended().plus(this.delay);
		}

		@Override
		public boolean isSerial() {
			return true;
		}

		@Override
		public String toString() {
			return this.delay + " after the last";
		}

	}

	/** Once in a pool. */
	record Once(Instant start) implements Timing {

		@Override
		public @Nullable Instant begin(boolean first, Instant now) {
			return first ? later(this.start, now) : null;
		}

		@Override
		public @Nullable Instant next(Run before, Instant granted) {
			return null;
		}

		@Override
		public String toString() {
			return "once";
		}

	}

	private static Instant later(Instant one, Instant other) {
		return one.isAfter(other) ? one : other;
	}

	/**
	 * Return the first instant after now that is one period or more from a start. The run
	 * at the start is that of the first leader.
	 */
	private static Instant inPhase(Instant start, Duration period, Instant now) {
		if (start.isAfter(now) || period.isZero()) {
			return start.plus(period);
		}
		return start.plus(period.multipliedBy(Duration.between(start, now).dividedBy(period) + 1));
	}

}
