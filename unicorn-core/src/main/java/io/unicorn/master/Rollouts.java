package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.PoolSettings;
import io.unicorn.master.Effect.Level;
import io.unicorn.master.Rollout.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Brings new generations into force: the roll-out that is under way, the one that waits
 * for it, and the results of the last ones. New code has to prove itself with one worker
 * before others are replaced, and whenever it fails, the generation before stays or comes
 * back.
 */
final class Rollouts {

	private static final int MOST_RESULTS = 10;

	/** A worker on probation reports its health twice as often. */
	private static final Duration HEALTH_FRESH = Duration.ofSeconds(1);

	/** A readiness check that says nothing for so long does not answer. */
	private static final Duration HEALTH_SILENCE = Duration.ofSeconds(5);

	private static final long NOBODY = 0;

	private final Pool pool;

	private final Staffing staffing;

	private final Configuration configuration;

	private final Orders orders;

	private final Deque<Rollout> results = new ArrayDeque<>();

	private @Nullable Rollout current;

	private @Nullable String queued;

	private @Nullable Closing closing;

	private boolean held;

	private long lastId;

	private int lastGeneration = 1;

	Rollouts(Pool pool, Staffing staffing, Configuration configuration, Orders orders) {
		this.pool = pool;
		this.staffing = staffing;
		this.configuration = configuration;
		this.orders = orders;
	}

	/**
	 * Go on after another master, under which nothing was under way.
	 */
	void restore(ArbiterState state) {
		this.lastId = state.lastRollout();
		this.lastGeneration = state.lastGeneration();
		this.queued = state.requestedRollout();
		state.pool().rollouts().forEach((info) -> this.results.add(Rollout.restore(info)));
	}

	long lastId() {
		return this.lastId;
	}

	/** What asked for a roll-out that has not begun, or {@code null}. */
	@Nullable String requested() {
		return this.queued;
	}

	int lastGeneration() {
		return this.lastGeneration;
	}

	boolean isRunning() {
		return this.current != null;
	}

	/** Whether code that has failed still serves. */
	boolean isGoingBack() {
		return this.current != null && this.current.phase() == Phase.ROLLING_BACK;
	}

	/** Begin nothing as long as the master is about to be replaced. */
	void hold(boolean held) {
		this.held = held;
	}

	List<PoolSnapshot.RolloutInfo> describe() {
		return this.results.stream().map(Rollout::describe).toList();
	}

	// What is asked for

	/**
	 * Ask for a roll-out. It begins when nothing else is under way; of several that wait,
	 * one is enough, because it takes what is there when it begins.
	 * @return the number that it will have
	 */
	long request(String trigger) {
		if (this.current != null || !this.staffing.hasEverBeenReady()) {
			this.orders.tell(Level.INFO, "roll-out requested (" + trigger + "), it follows when the "
					+ ((this.current != null) ? "one that runs is done" : "first worker is ready"));
		}
		this.queued = trigger;
		return this.lastId + 1;
	}

	/** Begin what waits, go on where time has passed, end what is done. */
	void advance(Instant now) {
		if (this.current != null) {
			advance(this.current, now);
		}
		if (this.current == null && this.queued != null && !this.held && this.staffing.hasEverBeenReady()) {
			begin(this.queued, now);
			this.queued = null;
		}
		forgetGenerations();
	}

	private void advance(Rollout rollout, Instant now) {
		switch (rollout.phase()) {
			case PREPARING -> checkPreparation(rollout, now);
			case OBSERVING -> checkCandidate(rollout, now);
			case ROLLING -> checkRoll(rollout, now);
			case WATCHING -> {
				if (!now.isBefore(observedUntil(rollout, rollout.phaseSince()))) {
					succeed(rollout, now);
				}
			}
			case ROLLING_BACK -> {
				if (this.staffing.isOnTrial()) {
					withdraw(rollout, now);
				}
				else if (isRolled()) {
					tell(Level.INFO, rollout, "rolled back: " + Phrases.workers(this.pool.ready()) + " of generation "
							+ rollout.from + " serve", now);
					end(rollout, Phase.ROLLED_BACK, now);
				}
				else if (this.queued != null && this.staffing.isFailing()) {
					// Whoever has mended the code must not wait for code that cannot
					// boot.
					tell(Level.WARN, rollout,
							"the way back is given up, because the code before does not boot, and other code waits",
							now);
					end(rollout, Phase.ROLLED_BACK, now);
				}
			}
			default -> {
				// An event is waited for.
			}
		}
	}

	private void begin(String trigger, Instant now) {
		Rollout rollout = new Rollout(++this.lastId, this.configuration.generation(), ++this.lastGeneration, trigger,
				now);
		this.current = rollout;
		this.results.addFirst(rollout);
		if (this.results.size() > MOST_RESULTS) {
			this.results.removeLast();
		}
		tell(Level.INFO, rollout,
				"generation " + rollout.to + " is to replace generation " + rollout.from + " (" + trigger + ")", now);
		this.orders.add(new Effect.Prepare(rollout.to, this.configuration.settings().rollout()));
	}

	// Preparation

	void prepared(Event.Prepared event, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || rollout.phase() != Phase.PREPARING || rollout.to != event.generation()) {
			// It was given up, and has come to its end before it was killed.
			this.orders.add(new Effect.Forget(event.generation()));
			return;
		}
		this.configuration.add(rollout.to, event.spec());
		// One that an earlier roll-out has given up may still be open, for those who
		// drain.
		Set<String> added = new HashSet<>(event.spec().addresses());
		added.removeAll(this.configuration.of(rollout.from).addresses());
		if (!added.isEmpty()) {
			this.orders.add(new Effect.AdmitNew(added));
			this.closing = null;
		}
		rollout.code(event.spec().code());
		tell(Level.INFO, rollout, "generation " + rollout.to + " is " + event.spec().code() + ", prepared in "
				+ Phrases.millis(Duration.between(rollout.startedAt, now)), now);
		rollout.enter(Phase.BOOTING, now);
		this.staffing.tryOut(rollout.to);
	}

	void preparationFailed(Event.PreparationFailed event, Instant now) {
		Rollout rollout = this.current;
		if (rollout != null && rollout.phase() == Phase.PREPARING && rollout.to == event.generation()) {
			rollout.log(event.log());
			fail(rollout, event.cause(), NOBODY, now);
		}
	}

	private void checkPreparation(Rollout rollout, Instant now) {
		if (!now.isBefore(hastenAt(rollout))) {
			rollout.hasten();
			this.orders.add(new Effect.HastenPreparation(rollout.to));
		}
		if (!now.isBefore(preparedUntil(rollout))) {
			this.orders.add(new Effect.CancelPreparation(rollout.to));
			fail(rollout, "the new code did not read its configuration within the boot-timeout of "
					+ Phrases.rough(this.configuration.settings().bootTimeout()), NOBODY, now);
		}
	}

	private Instant hastenAt(Rollout rollout) {
		return rollout.isHastened() ? Instant.MAX
				: rollout.startedAt.plus(BootPriority.patience(this.configuration.settings()));
	}

	private Instant preparedUntil(Rollout rollout) {
		Duration timeout = this.configuration.settings().bootTimeout();
		return timeout.isZero() ? Instant.MAX : rollout.startedAt.plus(timeout);
	}

	// The first worker

	/** Whether a worker of this generation has to show that it is healthy. */
	boolean isOnProbation(int generation) {
		return this.current != null && this.current.to == generation;
	}

	/** How long a worker of this generation goes on to report its health. */
	Duration observed(int generation) {
		boolean candidate = this.current != null && this.current.to == generation
				&& this.current.phase() == Phase.BOOTING;
		return candidate ? observe(generation) : Duration.ZERO;
	}

	void ready(Worker worker, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation != rollout.to) {
			return;
		}
		if (rollout.phase() == Phase.BOOTING) {
			rollout.enter(Phase.OBSERVING, now);
			Duration observe = observe(rollout.to);
			if (!observe.isZero()) {
				tell(Level.INFO, rollout, worker + " is ready and serves on probation for " + Phrases.rough(observe),
						now);
			}
		}
		else {
			rollout.step(now, worker + " is ready");
		}
	}

	/** Count what a worker has answered since its last heartbeat. */
	void heard(Worker worker, Message.Heartbeat heartbeat) {
		Rollout rollout = this.current;
		if (rollout == null || !rollout.phase().isTrial() || rollout.phase() == Phase.BOOTING) {
			return;
		}
		long requests = Math.max(0, heartbeat.requests() - worker.load().requests());
		long errors = Math.max(0, heartbeat.errors() - worker.load().errors());
		if (worker.generation == rollout.to) {
			rollout.errors.count(requests, errors);
		}
		else {
			rollout.errors.countBefore(requests, errors);
		}
	}

	/** Draw consequences from what a worker has said. */
	void judge(Worker worker, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation != rollout.to || !worker.is(WorkerState.READY)) {
			return;
		}
		Message.Health health = worker.health();
		if (rollout.phase() == Phase.OBSERVING && health != null && !health.up()) {
			fail(rollout, worker + " is not healthy: " + health.detail(), worker.id, now);
			return;
		}
		String errors = rollout.phase().isTrial() ? rollout.errors.verdict() : null;
		if (errors != null) {
			fail(rollout, errors, worker.id, now);
		}
	}

	private void checkCandidate(Rollout rollout, Instant now) {
		Worker candidate = this.pool.oldest((worker) -> worker.generation == rollout.to && worker.is(WorkerState.READY))
			.orElse(null);
		if (candidate == null || now.isBefore(observedUntil(rollout, candidate.readyAt()))) {
			return;
		}
		if (candidate.health() != null && now.isAfter(candidate.healthAt().plus(HEALTH_FRESH))) {
			// An answer that is late may still come.
			if (!now.isBefore(candidate.healthAt().plus(HEALTH_SILENCE))) {
				fail(rollout, candidate + " is not healthy: its readiness check does not answer", candidate.id, now);
			}
			return;
		}
		boolean changed = this.configuration.use(rollout.to);
		this.staffing.accept(rollout.to);
		rollout.enter(Phase.ROLLING, now);
		long others = this.pool.active().filter((worker) -> worker.generation != rollout.to).count();
		tell(Level.INFO, rollout, candidate + " is good, " + Phrases.workers(others) + " to be replaced", now);
		if (changed) {
			tell(Level.INFO, rollout, "unicorn.workers has changed, the pool has "
					+ Phrases.workers(this.configuration.target()) + " from now on", now);
		}
	}

	private Instant observedUntil(Rollout rollout, Instant since) {
		return since.plus(observe(rollout.to));
	}

	private Duration observe(int generation) {
		return this.configuration.of(generation).settings().rollout().observe();
	}

	// The others

	private void checkRoll(Rollout rollout, Instant now) {
		if (isRolled()) {
			rollout.enter(Phase.WATCHING, now);
			if (observe(rollout.to).isZero()) {
				succeed(rollout, now);
			}
		}
	}

	private boolean isRolled() {
		return !this.staffing.hasOutdated() && this.pool.ready() >= this.configuration.target();
	}

	/**
	 * Whether a worker may be dismissed now. The last one that accepts from an address
	 * that is given up has to take what is waiting there first.
	 */
	boolean mayLeave(Worker worker, Instant now) {
		Set<String> givenUp = new HashSet<>(this.configuration.of(worker.generation).addresses());
		givenUp.removeAll(this.configuration.of(this.configuration.generation()).addresses());
		if (this.current != null && this.current.to != worker.generation
				&& this.configuration.generations().contains(this.current.to)) {
			// Code that has failed may have left workers where mended code begins.
			givenUp.removeAll(this.configuration.of(this.current.to).addresses());
		}
		boolean last = this.pool.in(WorkerState.READY)
			.noneMatch((other) -> other != worker && other.generation == worker.generation);
		if (!last || givenUp.isEmpty() || this.current == null) {
			return true;
		}
		if (this.closing == null) {
			this.closing = new Closing(givenUp, now, worker.settings.gracefulTimeout().dividedBy(2));
			this.orders.add(new Effect.RefuseNew(givenUp));
			this.orders.send(worker, new Message.EndConnections());
		}
		if (this.closing.isOver(now)) {
			this.closing.tellOfAbandoned(this.orders, now);
			return true;
		}
		if (this.closing.isCountDue(now)) {
			this.orders.add(new Effect.CountWaiting(givenUp));
		}
		return false;
	}

	void waiting(Event.Waiting event, Instant now) {
		if (this.closing != null) {
			this.closing.count(event, now);
		}
	}

	private void succeed(Rollout rollout, Instant now) {
		tell(Level.INFO, rollout, "complete: " + Phrases.workers(this.pool.ready()) + " of generation " + rollout.to
				+ " after " + Phrases.rough(Duration.between(rollout.startedAt, now)), now);
		end(rollout, Phase.SUCCEEDED, now);
	}

	private void end(Rollout rollout, Phase result, Instant now) {
		rollout.end(result, now);
		this.current = null;
		this.closing = null;
	}

	// Failure

	/**
	 * Take notice of a worker that is gone or condemned.
	 * @return whether that has brought the roll-out down, so that it needs no successor
	 */
	boolean lost(Worker worker, String what, Instant now) {
		Rollout rollout = this.current;
		if (rollout == null || worker.generation != rollout.to) {
			return false;
		}
		if (rollout.phase() == Phase.ROLLING_BACK) {
			this.orders.tell(Level.WARN, worker + " " + what);
			if (this.staffing.isOnTrial()) {
				withdraw(rollout, now);
			}
			return true;
		}
		fail(rollout, worker + " " + what, worker.id, now);
		return true;
	}

	private void fail(Rollout rollout, String reason, long culprit, Instant now) {
		boolean rolled = rollout.phase() == Phase.ROLLING || rollout.phase() == Phase.WATCHING;
		rollout.fail(reason, culprit);
		rollout.enter(Phase.ROLLING_BACK, now);
		if (rolled) {
			admitAgain(rollout);
			this.staffing.accept(rollout.from);
			this.configuration.goBack(rollout.from);
			tell(Level.ERROR, rollout, "failed: " + reason + ". The pool goes back to generation " + rollout.from, now);
			callOffBooting(rollout.to, now);
			return;
		}
		tell(Level.ERROR, rollout,
				"failed: " + reason + ". The pool stays on generation " + rollout.from + ", no worker was replaced",
				now);
		callOffBooting(rollout.to, now);
		withdraw(rollout, now);
	}

	private void callOffBooting(int generation, Instant now) {
		for (Worker worker : this.pool.all()) {
			if (worker.generation == generation && worker.is(WorkerState.BOOTING)) {
				this.orders.callOff(worker, Verdict.ROLLED_BACK, worker.settings.gracefulTimeout(), now);
			}
		}
	}

	/** Take away the first new worker, when nobody waits for it any more. */
	private void withdraw(Rollout rollout, Instant now) {
		Worker candidate = this.pool.oldest((worker) -> worker.generation == rollout.to && worker.is(WorkerState.READY))
			.orElse(null);
		if (candidate != null && !mayLeave(candidate, now)) {
			return;
		}
		this.staffing.dropCandidate();
		if (candidate != null) {
			this.orders.drain(candidate, Verdict.ROLLED_BACK, candidate.settings.gracefulTimeout(), now);
		}
		end(rollout, Phase.ROLLED_BACK, now);
	}

	/**
	 * Open an address again that was about to be given up. Its last worker ends each
	 * connection with one response, for good, so another takes its place.
	 */
	private void admitAgain(Rollout rollout) {
		if (this.closing != null) {
			this.orders.add(new Effect.AdmitNew(this.closing.addresses));
			this.closing = null;
			this.pool.in(WorkerState.READY)
				.filter((worker) -> worker.generation == rollout.from)
				.forEach((worker) -> worker.retire(new Message.Retire(Verdict.ROLLED_BACK, "")));
		}
	}

	/** Why workers of another generation than the one in force are dismissed. */
	String reason() {
		return isGoingBack() ? Verdict.ROLLED_BACK : Verdict.RELOAD;
	}

	/** Keep the last words of the worker that brought a roll-out down. */
	void bootLog(long worker, List<String> lines) {
		this.results.stream()
			.filter((rollout) -> rollout.culprit() == worker
					|| (rollout == this.current && rollout.culprit() == NOBODY && isOfGeneration(worker, rollout.to)))
			.findFirst()
			.ifPresent((rollout) -> rollout.log(lines));
	}

	private boolean isOfGeneration(long id, int generation) {
		Worker worker = this.pool.find(id);
		return worker != null && worker.generation == generation;
	}

	/** The master stops. */
	void abort(String reason, Instant now) {
		Rollout rollout = this.current;
		if (rollout != null) {
			if (rollout.phase() == Phase.PREPARING) {
				this.orders.add(new Effect.CancelPreparation(rollout.to));
			}
			rollout.fail(reason, NOBODY);
			tell(Level.WARN, rollout, "aborted: " + reason, now);
			rollout.end(Phase.ABORTED, now);
			this.current = null;
		}
	}

	// Small things

	/** Let go of generations that nobody runs or will run. */
	private void forgetGenerations() {
		for (int generation : this.configuration.generations()) {
			boolean needed = generation == this.configuration.generation()
					|| (this.current != null && (generation == this.current.from || generation == this.current.to))
					|| this.pool.stream().anyMatch((worker) -> worker.generation == generation);
			if (!needed) {
				this.configuration.forget(generation);
				this.orders.add(new Effect.Forget(generation));
			}
		}
	}

	Stream<Instant> deadlines() {
		Rollout rollout = this.current;
		if (rollout == null) {
			return Stream.empty();
		}
		Stream<Instant> closing = (this.closing != null) ? Stream.of(this.closing.due()) : Stream.empty();
		return Stream.concat(closing, switch (rollout.phase()) {
			case PREPARING -> Stream.of(hastenAt(rollout), preparedUntil(rollout));
			case OBSERVING -> this.pool.stream()
				.filter((worker) -> worker.generation == rollout.to && worker.is(WorkerState.READY))
				.flatMap((worker) -> Stream.of(observedUntil(rollout, worker.readyAt()),
						worker.healthAt().plus(HEALTH_SILENCE)));
			case WATCHING -> Stream.of(observedUntil(rollout, rollout.phaseSince()));
			default -> Stream.empty();
		});
	}

	private void tell(Level level, Rollout rollout, String what, Instant now) {
		rollout.step(now, what);
		this.orders.tell(level, rollout + ": " + what);
	}

}
