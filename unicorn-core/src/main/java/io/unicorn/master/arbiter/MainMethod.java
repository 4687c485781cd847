package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Holds the other workers of a start back until the main method of the first one has
 * returned: what it does after {@code SpringApplication.run} may be a job that must run
 * once and then ends the process. Not for ever: some applications wait there until they
 * are stopped.
 */
final class MainMethod {

	/** When a wait is worth a line of the log. */
	static final Duration NOTICEABLE = Duration.ofSeconds(5);

	static final Duration LONGEST = Duration.ofMinutes(10);

	private final EffectBuffer effects;

	/**
	 * The worker whose main method is awaited; {@code null} before one is ready. If it
	 * crashes, its successor takes its place.
	 */
	private @Nullable Worker first;

	private Instant readyAt = Instant.MAX;

	private boolean noticed;

	private boolean over;

	MainMethod(EffectBuffer effects) {
		this.effects = effects;
	}

	/** Hold no worker back from now on. */
	void end() {
		this.over = true;
	}

	/** Whether other workers are held back. */
	boolean isAwaited() {
		return !this.over;
	}

	/** Return how many of the wanted workers may be started. */
	int limit(int target) {
		return this.over ? target : Math.min(target, 1);
	}

	void ready(Worker worker, Instant now) {
		if (this.first == null) {
			this.readyAt = now;
		}
		this.first = worker;
	}

	void on(Worker worker, Message.MainMethod report) {
		if (!this.over && !report.waitsAt().isEmpty()) {
			this.effects.log(Level.INFO, "the main method of " + worker + " waits at " + report.waitsAt()
					+ " and does not return, other workers start now");
		}
		this.over = true;
	}

	/**
	 * Log a long wait, and end one that takes too long.
	 * @param target the number of workers wanted
	 */
	void advance(int target, Instant now) {
		if (this.over || this.first == null) {
			return;
		}
		if (!now.isBefore(this.readyAt.plus(LONGEST))) {
			this.over = true;
			this.effects.log(Level.WARN, "the main method of " + this.first + " has not returned within "
					+ LogFormat.rough(LONGEST) + ", other workers start now and run it, too");
		}
		else if (!this.noticed && target > 1 && !now.isBefore(this.readyAt.plus(NOTICEABLE))) {
			this.noticed = true;
			this.effects.log(Level.INFO, "the main method of " + this.first
					+ " has not returned; other workers start when it has, so that what it does runs once");
		}
	}

	/** Return when {@link #advance} may have something to do without an event. */
	Stream<Instant> deadlines() {
		return (this.over || this.first == null) ? Stream.empty()
				: Stream.of(this.readyAt.plus(NOTICEABLE), this.readyAt.plus(LONGEST));
	}

}
