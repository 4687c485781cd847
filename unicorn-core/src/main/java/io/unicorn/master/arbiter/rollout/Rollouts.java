package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollout.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Runs roll-outs, one at a time, through their phases: the new generation is prepared,
 * its first worker is observed as the canary, the other workers are replaced, and all are
 * observed. If a new worker fails, the generation before stays or comes back. Not
 * thread-safe.
 */
public final class Rollouts {

	private static final long NO_WORKER = 0;

	private final Pool pool;

	private final Reconciler reconciler;

	private final PoolConfiguration configuration;

	private final EffectBuffer effects;

	private final RolloutHistory history = new RolloutHistory();

	private final Preparation preparation;

	private final AddressRetirement addresses;

	private final RollBack rollBack;

	private @Nullable Rollout current;

	/** The trigger of the roll-out that follows. */
	private @Nullable String requested;

	private boolean held;

	private int lastGeneration = 1;

	public Rollouts(Pool pool, Reconciler reconciler, PoolConfiguration configuration, EffectBuffer effects,
			Termination termination) {
		this.pool = pool;
		this.reconciler = reconciler;
		this.configuration = configuration;
		this.effects = effects;
		this.preparation = new Preparation(configuration, effects);
		this.addresses = new AddressRetirement(pool, configuration, effects);
		this.rollBack = new RollBack(pool, reconciler, configuration, effects, termination, this.addresses);
	}

	/**
	 * Restore the roll-outs of another master, under which every one had ended.
	 */
	public void restore(ArbiterState state) {
		this.history.restore(state.lastRollout(), state.pool().rollouts());
		this.lastGeneration = state.lastGeneration();
		this.requested = state.requestedRollout();
	}

	/** Return the id of the latest roll-out, 0 if there was none. */
	public long lastId() {
		return this.history.lastId();
	}

	/** Return the trigger of a roll-out that has not begun, or {@code null}. */
	public @Nullable String requested() {
		return this.requested;
	}

	/** Return the highest number of a generation. */
	public int lastGeneration() {
		return this.lastGeneration;
	}

	public boolean isRunning() {
		return this.current != null;
	}

	/** Whether workers of a failed generation may still serve. */
	public boolean isRollingBack() {
		return this.current != null && this.current.phase() == Phase.ROLLING_BACK;
	}

	/** Begin no roll-out while the master is being replaced. */
	public void hold(boolean held) {
		this.held = held;
	}

	/** Return the latest roll-outs, newest first. */
	public List<PoolSnapshot.RolloutInfo> describe() {
		return this.history.describe();
	}

	/**
	 * Request a roll-out. It begins when no other is under way; several requests that
	 * wait are one, because a roll-out uses the code that is there when it begins.
	 * @return the id that the roll-out will have
	 */
	public long request(String trigger) {
		if (this.current != null || !this.reconciler.hasEverBeenReady()) {
			this.effects.log(Level.INFO, "roll-out requested (" + trigger + "), it follows when the "
					+ ((this.current != null) ? "one that runs is done" : "first worker is ready"));
		}
		this.requested = trigger;
		return lastId() + 1;
	}

	/** Continue the roll-out that is under way, and begin the requested one. */
	public void advance(Instant now) {
		if (this.current != null) {
			advance(this.current, now);
		}
		if (this.current == null && this.requested != null && !this.held && this.reconciler.hasEverBeenReady()) {
			begin(this.requested, now);
			this.requested = null;
		}
		forgetGenerations();
	}

	private void advance(Rollout rollout, Instant now) {
		switch (rollout.phase()) {
			case PREPARING -> {
				String timeout = this.preparation.advance(rollout, now);
				if (timeout != null) {
					fail(rollout, timeout, NO_WORKER, now);
				}
			}
			case OBSERVING -> observeCanary(rollout, now);
			case ROLLING -> watchWhenRolled(rollout, now);
			case WATCHING -> {
				if (!now.isBefore(rollout.phaseSince().plus(observe(rollout.to())))) {
					succeed(rollout, now);
				}
			}
			case ROLLING_BACK -> {
				if (this.rollBack.advance(rollout, this.requested != null, now)) {
					end(rollout, Phase.ROLLED_BACK, now);
				}
			}
			default -> {
				// The next phase begins with an event.
			}
		}
	}

	private void begin(String trigger, Instant now) {
		Rollout rollout = this.history.begin(this.configuration.generation(), ++this.lastGeneration, trigger, now);
		this.current = rollout;
		rollout.log(this.effects, Level.INFO,
				"generation " + rollout.to() + " is to replace generation " + rollout.from() + " (" + trigger + ")",
				now);
		this.preparation.begin(rollout);
	}

	// Preparing

	public void prepared(Event.Prepared event, Instant now) {
		Rollout rollout = preparing(event.generation());
		if (rollout == null) {
			// The preparation has ended before the effect that cancels it was performed.
			this.effects.add(new Effect.ForgetGeneration(event.generation()));
			return;
		}
		this.configuration.add(rollout.to(), event.spec());
		this.addresses.admitAdded(rollout);
		rollout.code(event.spec().code());
		String same = event.spec().isSame(this.configuration.of(rollout.from()))
				? "; it has the same code, settings and JVM flags as generation " + rollout.from() : "";
		rollout.log(this.effects, Level.INFO, "generation " + rollout.to() + " is " + event.spec().code()
				+ ", prepared in " + LogFormat.millis(Duration.between(rollout.startedAt(), now)) + same, now);
		rollout.enter(Phase.BOOTING, now);
		this.reconciler.startCanary(rollout.to());
	}

	public void preparationFailed(Event.PreparationFailed event, Instant now) {
		Rollout rollout = preparing(event.generation());
		if (rollout != null) {
			rollout.output(event.log());
			fail(rollout, event.cause(), NO_WORKER, now);
		}
	}

	private @Nullable Rollout preparing(int generation) {
		Rollout rollout = this.current;
		return (rollout != null && rollout.phase() == Phase.PREPARING && rollout.to() == generation) ? rollout : null;
	}

	// The canary

	/** Whether a worker of this generation becomes ready only if its health is good. */
	public boolean isObserved(int generation) {
		return this.current != null && this.current.to() == generation;
	}

	/** Whether a worker of this generation that is not ready yet is the canary. */
	public boolean awaitsCanary(int generation) {
		return this.current != null && this.current.to() == generation && this.current.phase() == Phase.BOOTING;
	}

	/** Return how long a new worker of this generation reports its health when ready. */
	public Duration observationTime(int generation) {
		return awaitsCanary(generation) ? observe(generation) : Duration.ZERO;
	}

	/** Note that a worker has become ready. */
	public void ready(Worker worker, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation() != rollout.to()) {
			return;
		}
		if (rollout.phase() == Phase.BOOTING) {
			rollout.enter(Phase.OBSERVING, now);
			Duration observe = observe(rollout.to());
			if (!observe.isZero()) {
				rollout.log(this.effects, Level.INFO,
						worker + " is ready, observed as the canary for " + LogFormat.rough(observe), now);
			}
		}
		else {
			rollout.step(now, worker + " is ready");
		}
	}

	/** Count what a worker has answered since its latest heartbeat. */
	public void count(Worker worker, Message.Heartbeat heartbeat) {
		if (this.current != null) {
			this.current.count(worker, heartbeat);
		}
	}

	/** Fail the roll-out if a new worker is unhealthy or its generation answers badly. */
	public void check(Worker worker, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation() != rollout.to() || !worker.is(WorkerState.READY)) {
			return;
		}
		String unhealthy = (rollout.phase() == Phase.OBSERVING) ? CanaryPolicy.unhealthy(worker) : null;
		String failure = (unhealthy != null) ? worker + " is not healthy: " + unhealthy : rollout.badAnswers();
		if (failure != null) {
			fail(rollout, failure, worker.id(), now);
		}
	}

	private void observeCanary(Rollout rollout, Instant now) {
		Worker canary = this.pool
			.oldest((worker) -> worker.generation() == rollout.to() && worker.is(WorkerState.READY))
			.orElse(null);
		if (canary == null) {
			return;
		}
		switch (CanaryPolicy.check(canary, observe(rollout.to()), now)) {
			case OBSERVED -> {
				// A report or the end of the time is awaited.
			}
			case SILENT ->
				fail(rollout, canary + " is not healthy: its readiness check does not answer", canary.id(), now);
			case PASSED -> {
				boolean changed = this.configuration.use(rollout.to());
				this.reconciler.accept(rollout.to());
				rollout.enter(Phase.ROLLING, now);
				long others = this.pool.active().filter((worker) -> worker.generation() != rollout.to()).count();
				rollout.log(this.effects, Level.INFO,
						canary + " passed as the canary, " + LogFormat.workers(others) + " to be replaced", now);
				if (changed) {
					rollout.log(this.effects, Level.INFO, "unicorn.workers has changed, the pool has "
							+ LogFormat.workers(this.configuration.target()) + " from now on", now);
				}
			}
		}
	}

	private Duration observe(int generation) {
		return this.configuration.of(generation).settings().rollout().observe();
	}

	// The other workers

	private void watchWhenRolled(Rollout rollout, Instant now) {
		if (this.reconciler.isUpToDate(this.configuration.target())) {
			rollout.enter(Phase.WATCHING, now);
			if (observe(rollout.to()).isZero()) {
				succeed(rollout, now);
			}
		}
	}

	/**
	 * Whether a worker may be drained now: the last one that accepts from an address that
	 * is given up has to drain its backlog first.
	 */
	public boolean mayLeave(Worker worker, Instant now) {
		return this.current == null || this.addresses.mayLeave(worker, this.current, now);
	}

	/** Note how many connections wait on the addresses that are given up. */
	public void counted(Event.BacklogCounted event, Instant now) {
		this.addresses.counted(event, now);
	}

	private void succeed(Rollout rollout, Instant now) {
		String errors = rollout.toleratedErrors();
		if (errors != null) {
			rollout.log(this.effects, Level.INFO, errors, now);
		}
		rollout.log(this.effects, Level.INFO, "complete: " + LogFormat.workers(this.pool.ready()) + " of generation "
				+ rollout.to() + " after " + LogFormat.rough(Duration.between(rollout.startedAt(), now)), now);
		end(rollout, Phase.SUCCEEDED, now);
	}

	private void end(Rollout rollout, Phase result, Instant now) {
		rollout.end(result, now);
		this.current = null;
		this.addresses.end();
	}

	// Failure

	/**
	 * Note that the code of a generation is gone.
	 * @return whether it is that of the roll-out under way, which fails
	 */
	public boolean codeLost(int generation, String what, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || rollout.to() != generation) {
			return false;
		}
		if (rollout.phase().canFail()) {
			fail(rollout, what, NO_WORKER, now);
		}
		return true;
	}

	/**
	 * Note that a worker has failed or exited.
	 * @return whether that concerns the roll-out, so that the worker gets no successor
	 */
	public boolean lost(Worker worker, String what, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation() != rollout.to()) {
			return false;
		}
		if (rollout.phase() == Phase.ROLLING_BACK) {
			this.effects.log(Level.WARN, worker + " " + what);
			if (this.rollBack.lost(rollout, now)) {
				end(rollout, Phase.ROLLED_BACK, now);
			}
			return true;
		}
		boolean stays = isIrrevocable(rollout);
		fail(rollout, worker + " " + what, worker.id(), now);
		return !stays;
	}

	/** Whether the new generation serves, and the code of the one before is gone. */
	private boolean isIrrevocable(Rollout rollout) {
		return rollout.phase().hasReplaced() && this.reconciler.isHeld(rollout.from());
	}

	private void fail(Rollout rollout, String reason, long worker, Instant now) {
		if (isIrrevocable(rollout)) {
			rollout.fail(reason, worker);
			rollout.log(this.effects, Level.ERROR, "failed: " + reason + ". The pool stays on generation "
					+ rollout.to() + ", because the code of generation " + rollout.from() + " is gone", now);
			end(rollout, Phase.ABORTED, now);
			return;
		}
		if (this.rollBack.begin(rollout, reason, worker, now)) {
			end(rollout, Phase.ROLLED_BACK, now);
		}
	}

	/** Return why outdated workers are drained. */
	public String reason() {
		return isRollingBack() ? ExitReason.ROLLED_BACK : ExitReason.RELOAD;
	}

	/** Keep the last output of the worker whose failure has ended a roll-out. */
	public void bootLog(long id, List<String> lines) {
		Worker worker = this.pool.find(id);
		if (this.current != null && this.current.failedWorker() == NO_WORKER && worker != null
				&& worker.generation() == this.current.to()) {
			this.current.output(lines);
		}
		else {
			this.history.bootLog(id, lines);
		}
	}

	/** Abort the roll-out that is under way, because the master stops. */
	public void abort(String reason, Instant now) {
		Rollout rollout = this.current;
		if (rollout != null) {
			if (rollout.phase() == Phase.PREPARING) {
				this.preparation.cancel(rollout);
			}
			rollout.fail(reason, NO_WORKER);
			rollout.log(this.effects, Level.WARN, "aborted: " + reason, now);
			rollout.end(Phase.ABORTED, now);
			this.current = null;
		}
	}

	/** Forget generations that no worker has or will have. */
	private void forgetGenerations() {
		for (int generation : this.configuration.generations()) {
			boolean needed = generation == this.configuration.generation()
					|| (this.current != null && (generation == this.current.from() || generation == this.current.to()))
					|| this.pool.stream().anyMatch((worker) -> worker.generation() == generation);
			if (!needed) {
				this.configuration.forget(generation);
				this.effects.add(new Effect.ForgetGeneration(generation));
			}
		}
	}

	/** Return when {@link #advance} may have something to do without an event. */
	public Stream<Instant> deadlines() {
		Rollout rollout = this.current;
		if (rollout == null) {
			return Stream.empty();
		}
		return Stream.concat(this.addresses.deadlines(), switch (rollout.phase()) {
			case PREPARING -> this.preparation.deadlines(rollout);
			case OBSERVING -> this.pool.stream()
				.filter((worker) -> worker.generation() == rollout.to() && worker.is(WorkerState.READY))
				.flatMap((worker) -> CanaryPolicy.deadlines(worker, observe(rollout.to())));
			case WATCHING -> Stream.of(rollout.phaseSince().plus(observe(rollout.to())));
			default -> Stream.empty();
		});
	}

}
