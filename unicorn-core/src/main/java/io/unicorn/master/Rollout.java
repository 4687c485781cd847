package io.unicorn.master;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * One replacement of all workers by those of a new generation, and how it came out.
 */
final class Rollout {

	/** Steps that are kept: a roll-out of many workers tells the rest in the log. */
	private static final int MOST_STEPS = 50;

	/** Where it stands. */
	enum Phase {

		/** It is found out how the new workers are launched. */
		PREPARING,

		/** The first new worker boots. */
		BOOTING,

		/** The first new worker serves on probation. */
		OBSERVING,

		/** The others are replaced. */
		ROLLING,

		/** All workers are new, and are watched for a while. */
		WATCHING,

		/** All workers are replaced by those of the generation before. */
		ROLLING_BACK,

		SUCCEEDED, ROLLED_BACK, ABORTED;

		/** Whether a new worker that fails brings the roll-out down. */
		boolean isTrial() {
			return this == BOOTING || this == OBSERVING || this == ROLLING || this == WATCHING;
		}

		static Phase of(String name) {
			return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
		}

		String configName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	final long id;

	final int from;

	final int to;

	final String trigger;

	final Instant startedAt;

	final ErrorShare errors = new ErrorShare();

	private final List<PoolSnapshot.StepInfo> steps = new ArrayList<>();

	private Phase phase = Phase.PREPARING;

	private Instant phaseSince;

	private String code = "";

	private String reason = "";

	private List<String> log = List.of();

	/** The worker at fault, whose last words may come after its end. */
	private long culprit;

	private boolean hastened;

	private @Nullable Instant endedAt;

	Rollout(long id, int from, int to, String trigger, Instant startedAt) {
		this.id = id;
		this.from = from;
		this.to = to;
		this.trigger = trigger;
		this.startedAt = startedAt;
		this.phaseSince = startedAt;
	}

	/**
	 * Restore a roll-out that has ended.
	 */
	static Rollout restore(PoolSnapshot.RolloutInfo info) {
		Rollout rollout = new Rollout(info.id(), info.from(), info.to(), info.trigger(), info.startedAt());
		rollout.steps.addAll(info.steps());
		rollout.phase = Phase.of(info.state());
		rollout.code = info.code();
		rollout.reason = info.reason();
		rollout.log = info.log();
		rollout.endedAt = info.endedAt();
		return rollout;
	}

	Phase phase() {
		return this.phase;
	}

	Instant phaseSince() {
		return this.phaseSince;
	}

	void enter(Phase phase, Instant now) {
		this.phase = phase;
		this.phaseSince = now;
	}

	void end(Phase result, Instant now) {
		enter(result, now);
		this.endedAt = now;
	}

	void step(Instant now, String what) {
		if (this.steps.size() < MOST_STEPS) {
			this.steps.add(new PoolSnapshot.StepInfo(now, what));
		}
	}

	/** Whether its preparation has its share of the processors already. */
	boolean isHastened() {
		return this.hastened;
	}

	void hasten() {
		this.hastened = true;
	}

	void code(String code) {
		this.code = code;
	}

	void fail(String reason, long culprit) {
		this.reason = reason;
		this.culprit = culprit;
	}

	String reason() {
		return this.reason;
	}

	long culprit() {
		return this.culprit;
	}

	void log(List<String> lines) {
		this.log = List.copyOf(lines);
	}

	PoolSnapshot.RolloutInfo describe() {
		return new PoolSnapshot.RolloutInfo(this.id, this.from, this.to, this.code, this.trigger,
				this.phase.configName(), this.startedAt, this.endedAt, this.reason, this.steps, this.log);
	}

	@Override
	public String toString() {
		return "roll-out " + this.id;
	}

}
