package io.unicorn.master.arbiter.rollout;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Worker;
import org.jspecify.annotations.Nullable;

/**
 * One replacement of all workers by those of a new generation, with its phase and result.
 * Not thread-safe.
 */
final class Rollout {

	/** How many steps are kept; the log has the others too. */
	private static final int MOST_STEPS = 50;

	/**
	 * The longest text of a step or reason; the log has the whole. All that is kept of
	 * ten roll-outs fits into one frame.
	 */
	private static final int MOST_CHARACTERS = 400;

	/** What it is doing, or how it has ended. */
	enum Phase {

		/** The new generation is prepared. */
		PREPARING,

		/** The canary boots. */
		BOOTING,

		/** The canary serves and is observed. */
		OBSERVING,

		/** The other workers are replaced. */
		ROLLING,

		/** All workers are new, and are observed for a while. */
		WATCHING,

		/** New workers are replaced by those of the generation before. */
		ROLLING_BACK,

		SUCCEEDED, ROLLED_BACK, ABORTED;

		/** Whether the failure of a new worker ends the roll-out. */
		boolean canFail() {
			return this == BOOTING || this == OBSERVING || this == ROLLING || this == WATCHING;
		}

		/** Whether workers of the generation before have been replaced. */
		boolean hasReplaced() {
			return this == ROLLING || this == WATCHING;
		}

		static Phase of(String name) {
			return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
		}

		String configName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	private final long id;

	private final int from;

	private final int to;

	private final String trigger;

	private final Instant startedAt;

	private final ErrorShare errors = new ErrorShare();

	private final List<PoolSnapshot.StepInfo> steps = new ArrayList<>();

	private Phase phase = Phase.PREPARING;

	private Instant phaseSince;

	private String code = "";

	private String reason = "";

	private List<String> log = List.of();

	private long failedWorker;

	private boolean priorityRaised;

	private @Nullable Instant endedAt;

	Rollout(long id, int from, int to, String trigger, Instant startedAt) {
		this.id = id;
		this.from = from;
		this.to = to;
		this.trigger = LogFormat.cut(trigger, MOST_CHARACTERS);
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

	/** Return the generation that is to be replaced. */
	int from() {
		return this.from;
	}

	/** Return the new generation. */
	int to() {
		return this.to;
	}

	Instant startedAt() {
		return this.startedAt;
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

	/** Count what a worker has answered since its latest heartbeat. */
	void count(Worker worker, Message.Heartbeat heartbeat) {
		if (!this.phase.canFail() || this.phase == Phase.BOOTING) {
			return;
		}
		Answers answers = new Answers(heartbeat.requests() - worker.load().requests(),
				heartbeat.errors() - worker.load().errors());
		if (worker.generation() == this.to) {
			this.errors.count(answers);
		}
		else {
			this.errors.countBefore(answers);
		}
	}

	/**
	 * Return why the answers of the new workers are bad, {@code null} if they are not.
	 */
	@Nullable String badAnswers() {
		return this.phase.canFail() ? this.errors.reason() : null;
	}

	/** Return how many errors the new workers have answered, {@code null} for none. */
	@Nullable String toleratedErrors() {
		return this.errors.tolerated();
	}

	void step(Instant now, String what) {
		if (this.steps.size() < MOST_STEPS) {
			this.steps.add(new PoolSnapshot.StepInfo(now, LogFormat.cut(what, MOST_CHARACTERS)));
		}
	}

	/** Add a step and log it. */
	void log(EffectBuffer effects, Effect.Level level, String what, Instant now) {
		step(now, what);
		effects.log(level, this + ": " + what);
	}

	/** Whether its preparation has the normal priority. */
	boolean isPriorityRaised() {
		return this.priorityRaised;
	}

	void priorityRaised() {
		this.priorityRaised = true;
	}

	void code(String code) {
		this.code = LogFormat.cut(code, MOST_CHARACTERS);
	}

	/**
	 * Note why it has failed.
	 * @param worker the id of the worker that has failed, 0 for none
	 */
	void fail(String reason, long worker) {
		this.reason = LogFormat.cut(reason, MOST_CHARACTERS);
		this.failedWorker = worker;
	}

	/** Return the id of the worker that has failed, 0 for none. */
	long failedWorker() {
		return this.failedWorker;
	}

	/** Keep the last lines that the failed process has printed. */
	void output(List<String> lines) {
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
