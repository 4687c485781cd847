package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.PoolSettings;
import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything that happens to the pool: a state machine that turns events into
 * effects. It has no threads, no clock and no I/O, so a test can drive it through hours
 * in milliseconds. After each event it compares what is with what should be
 * ({@link Staffing}) instead of remembering what it was about to do. Not thread-safe.
 */
final class Arbiter {

	/**
	 * When the master wakes up later than this, it was suspended itself, and the silence
	 * of its workers says nothing about them.
	 */
	static final Duration OVERSLEPT = Duration.ofSeconds(1);

	private final ArbiterConfig config;

	private final Backoff backoff;

	private final Pool pool = new Pool();

	private final Staffing staffing;

	private final Watch watch = new Watch(this.pool);

	private final Map<String, Long> exits = new TreeMap<>();

	private final Orders orders = new Orders();

	private final Configuration configuration;

	private final Rollouts rollouts;

	private final Shutdown shutdown;

	private final Upgrade upgrade;

	private final BootPriority priorities;

	private final Training training;

	private boolean complete;

	private long lastId;

	private boolean over;

	private Instant due = Instant.MAX;

	Arbiter(ArbiterConfig config, RandomGenerator random) {
		this(config, new Configuration(config.spec()), random);
	}

	private Arbiter(ArbiterConfig config, Configuration configuration, RandomGenerator random) {
		this.config = config;
		this.backoff = new Backoff(random);
		this.configuration = configuration;
		this.staffing = new Staffing(this.pool);
		this.rollouts = new Rollouts(this.pool, this.staffing, this.configuration, this.orders);
		this.shutdown = new Shutdown(this.pool, this.orders);
		this.priorities = new BootPriority(this.pool, this.orders);
		this.upgrade = new Upgrade(this.rollouts, this.staffing, this.orders);
		this.training = new Training(this.pool, this.configuration, this.rollouts, this.upgrade, this.orders);
	}

	/**
	 * Go on where another arbiter was.
	 * @param specs what the generations are like
	 */
	static Arbiter restore(ArbiterState state, ArbiterConfig config, Map<Integer, PoolSpec> specs,
			RandomGenerator random) {
		int generation = state.pool().master().generation();
		Arbiter arbiter = new Arbiter(config, new Configuration(specs, generation, state.pool().target()), random);
		state.workers()
			.forEach((worker) -> arbiter.pool
				.add(Worker.restore(worker, arbiter.configuration.of(worker.generation()).settings(), state.now())));
		arbiter.staffing.restore(generation);
		arbiter.orders.restore(state.leader());
		arbiter.rollouts.restore(state);
		arbiter.exits.putAll(state.pool().exits());
		arbiter.complete = state.complete();
		arbiter.lastId = state.lastWorker();
		return arbiter;
	}

	/**
	 * Return what another arbiter needs to go on, or {@code null} if too much is under
	 * way.
	 */
	@Nullable ArbiterState save(Instant now) {
		if (this.shutdown.isUnderWay() || this.rollouts.isRunning()
				|| !this.pool.stream().allMatch(Worker::isSpawned)) {
			return null;
		}
		return new ArbiterState(now, snapshot(), this.rollouts.lastGeneration(), this.rollouts.lastId(),
				this.rollouts.requested(), this.lastId, this.orders.leader(), this.complete,
				this.pool.stream().map(Worker::save).toList());
	}

	/**
	 * Take notice of an event and decide what to do.
	 * @param now the time, which must not run backwards
	 * @return what to do, in this order
	 */
	List<Effect> on(Event event, Instant now) {
		if (isRoutine(event, now)) {
			return List.of();
		}
		if (!this.over) {
			if (now.minus(OVERSLEPT).isAfter(this.due)) {
				this.pool.in(WorkerState.READY).forEach((worker) -> worker.forgiveSilence(now));
			}
			handle(event, now);
			checkDeadlines(now);
			reconcile(now);
			this.priorities.advance(isIncomplete(), now);
			this.due = nextDeadline(now);
		}
		return this.orders.take();
	}

	/**
	 * Take notice of an event after which nothing can be other than before: most events
	 * are heartbeats, and of what a pool does most is nothing. The next deadline stays as
	 * it was, though the worker's own is later now; it is found then that there is
	 * nothing to do.
	 */
	private boolean isRoutine(Event event, Instant now) {
		if (!(event instanceof Event.Received received && received.message() instanceof Message.Heartbeat heartbeat)
				|| !now.isBefore(this.due) || this.over || this.shutdown.isUnderWay() || this.rollouts.isRunning()) {
			return false;
		}
		Worker worker = this.pool.find(received.id());
		if (worker == null || !worker.is(WorkerState.READY)) {
			return false;
		}
		worker.heard(heartbeat, now);
		return now.isBefore(HangDetection.deadline(worker, worker.settings));
	}

	/**
	 * Return when to send a {@link Event.Tick} if nothing happens before,
	 * {@link Instant#MAX} for never.
	 */
	Instant due() {
		return this.due;
	}

	PoolSnapshot snapshot() {
		String state = this.shutdown.isUnderWay() ? "stopping"
				: !this.staffing.hasEverBeenReady() ? "starting" : this.rollouts.isRunning() ? "reloading" : "running";
		return new PoolSnapshot(
				new PoolSnapshot.MasterInfo(
						this.config.pid(), this.config.startedAt(), this.configuration.generation(), state),
				target(), this.pool.ready(),
				this.pool.stream()
					.filter(Worker::isSpawned)
					.sorted((one, other) -> Integer.compare(one.index, other.index))
					.map((worker) -> worker.describe(this.orders.isLeader(worker)))
					.toList(),
				this.exits, this.rollouts.describe());
	}

	private void handle(Event event, Instant now) {
		if (event instanceof Event.Spawned spawned) {
			onSpawned(spawned);
		}
		else if (event instanceof Event.SpawnFailed failed) {
			onSpawnFailed(failed, now);
		}
		else if (event instanceof Event.Exited exited) {
			onExited(exited, now);
		}
		else if (event instanceof Event.Received received) {
			onReceived(received, now);
		}
		else if (event instanceof Event.Asked asked) {
			this.orders.add(new Effect.Answer(asked.client(), answer(asked.question())));
		}
		else if (event instanceof Event.ChannelLost lost) {
			onChannelLost(lost, now);
		}
		else if (event instanceof Event.Signalled signalled) {
			onSignal(signalled.signal(), now);
		}
		else if (event instanceof Event.Prepared prepared) {
			this.rollouts.prepared(prepared, now);
		}
		else if (event instanceof Event.PreparationFailed failed) {
			this.rollouts.preparationFailed(failed, now);
		}
		else if (event instanceof Event.UpgradeFailed failed) {
			this.upgrade.failed(failed);
		}
		else if (event instanceof Event.Resumed) {
			this.orders.add(new Effect.Rehearse());
			tell(Level.INFO, "the master was replaced, " + Phrases.workers(this.pool.active().count()) + " serve on");
		}
		else if (event instanceof Event.JarChanged && settings().reloadOnChange() && !this.shutdown.isUnderWay()) {
			var unused = this.rollouts.request("the jar file has changed");
		}
		else if (event instanceof Event.OfCache cache) {
			this.training.on(cache, now);
		}
		else if (event instanceof Event.Waiting waiting) {
			this.shutdown.waiting(waiting, now);
			this.rollouts.waiting(waiting, now);
		}
	}

	// Events

	private void onSpawned(Event.Spawned event) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		worker.spawned(event.pid());
		tell(Level.INFO, worker + " spawned" + (worker.replacement ? " as a replacement" : ""));
		if (worker.exclusive) {
			tell(Level.INFO, "only " + worker + " runs with " + exclusiveFlags(worker)
					+ ", which can be used by one process at a time");
		}
		this.orders.send(worker,
				new Message.Welcome(worker.index, worker.id, worker.generation,
						worker.settings.gracefulTimeout().toMillis(), this.rollouts.isOnProbation(worker.generation),
						this.rollouts.observed(worker.generation).toMillis(), worker.settings.silence().toMillis()));
	}

	private void onSpawnFailed(Event.SpawnFailed event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		this.pool.remove(worker);
		count(Verdict.BOOT_FAILED);
		lost(worker, true, "could not be started: " + event.cause(), now);
	}

	private void onExited(Event.Exited event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		Verdict verdict = Verdict.of(worker, event);
		this.pool.remove(worker);
		this.orders.forget(worker);
		count(verdict.reason());
		if (worker.exclusive && !this.shutdown.isUnderWay()) {
			tell(Level.INFO, "no worker has " + exclusiveFlags(worker) + " now, the next one that is started gets it");
		}
		String line = verdict.line(worker, now);
		if (!this.shutdown.isUnderWay() && worker.isActive()) {
			lost(worker, worker.is(WorkerState.BOOTING), line, now);
		}
		else {
			tell(verdict.asWanted() ? Level.INFO : Level.WARN, worker + " " + line);
		}
	}

	private String exclusiveFlags(Worker worker) {
		return String.join(" ", this.configuration.of(worker.generation).exclusiveFlags());
	}

	private void onReceived(Event.Received event, Instant now) {
		if (event.message() instanceof Message.BootLog log) {
			// May come after the news of the exit.
			this.rollouts.bootLog(event.id(), log.lines());
		}
		Worker worker = this.pool.find(event.id());
		if (worker != null) {
			onMessage(worker, event.message(), now);
		}
	}

	private void onMessage(Worker worker, Message.FromWorker message, Instant now) {
		if (message instanceof Message.Heartbeat heartbeat) {
			this.rollouts.heard(worker, heartbeat);
			worker.heard(heartbeat, now);
			this.rollouts.judge(worker, now);
		}
		else if (message instanceof Message.Hello hello) {
			onHello(worker, hello);
		}
		else if (message instanceof Message.Health health) {
			worker.health(health, now);
			this.rollouts.judge(worker, now);
		}
		else if (message instanceof Message.Ready) {
			onReady(worker, now);
		}
		else if (message instanceof Message.Retire retire) {
			if (worker.isActive() && worker.retirement() == null) {
				worker.retire(retire);
				tell(Level.INFO, worker + " retiring: " + retire.detail());
			}
		}
		else if (message instanceof Message.Drained drained) {
			if (drained.connectionsLeft() > 0) {
				tell(Level.WARN, worker + " closed " + Phrases.count(drained.connectionsLeft(), "connection")
						+ " that had not ended when its graceful-timeout was over");
			}
		}
		else if (message instanceof Message.Question question) {
			this.orders.send(worker, answer(question));
		}
	}

	private Message.FromMaster answer(Message.Question question) {
		if (question instanceof Message.RolloutRequest request) {
			return new Message.RolloutReply(request.query(),
					this.shutdown.isUnderWay() ? 0 : rollOut(request.trigger()));
		}
		return new Message.PoolReply(question.query(), snapshot());
	}

	/** Settings come into force with a roll-out, and for all workers together. */
	private void onHello(Worker worker, Message.Hello hello) {
		try {
			if (!PoolSettings.of(hello.configuration()).equals(worker.settings)) {
				tell(Level.WARN, worker + " has found a changed configuration of unicorn.*; "
						+ "it comes into force with the next roll-out (SIGHUP)");
			}
		}
		catch (IllegalArgumentException ex) {
			tell(Level.WARN, worker + " reports a configuration that is ignored: " + ex.getMessage());
		}
	}

	private void onReady(Worker worker, Instant now) {
		if (!worker.is(WorkerState.BOOTING)) {
			return;
		}
		worker.ready(now);
		this.staffing.wasReady(worker);
		tell(Level.INFO, worker + " ready in " + Phrases.millis(Duration.between(worker.spawnedAt, now)));
		this.rollouts.ready(worker, now);
		this.training.ready(worker);
		if (!this.complete && this.pool.ready() >= target()) {
			this.complete = true;
			tell(Level.INFO, "pool is complete: " + Phrases.workers(this.pool.ready()) + " ready after "
					+ Phrases.rough(Duration.between(this.config.startedAt(), now)));
			this.orders.add(new Effect.Rehearse());
		}
	}

	private void onChannelLost(Event.ChannelLost event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker != null && worker.channelLostAt() == null) {
			worker.channelLost(now);
			if (!event.cause().isEmpty()) {
				tell(Level.ERROR, worker + ": " + event.cause());
			}
		}
	}

	private void onSignal(ProcessSignal signal, Instant now) {
		switch (signal) {
			case TERM -> {
				this.upgrade.abort();
				this.rollouts.abort("the master was told to stop", now);
				this.shutdown.stopGracefully("SIGTERM", settings(), addresses(), now);
			}
			case INT -> {
				this.upgrade.abort();
				this.rollouts.abort("the master was told to stop", now);
				this.shutdown.stopQuickly("SIGINT", settings(), now);
			}
			case HUP -> {
				if (!this.shutdown.isUnderWay()) {
					var unused = rollOut("SIGHUP");
				}
			}
			case USR2 -> {
				if (!this.shutdown.isUnderWay()) {
					this.upgrade.request("SIGUSR2");
				}
			}
			case TTIN -> resize(target() + 1, signal);
			case TTOU -> resize(Math.max(1, target() - 1), signal);
			case WINCH -> {
				if (!this.config.terminal()) {
					resize(0, signal);
				}
			}
			case USR1 -> {
				this.orders.add(new Effect.ReopenLog());
				tell(Level.INFO, "log file reopened (SIGUSR1)");
			}
			default ->
				tell(Level.WARN, ProcessSignal.describe(signal.number()) + " has no meaning here and is ignored");
		}
	}

	/** Who wants new code wants workers, too. */
	private long rollOut(String trigger) {
		if (target() == 0) {
			this.configuration.resetTarget();
		}
		return this.rollouts.request(trigger);
	}

	/** Every address that some worker accepts from. */
	private Set<String> addresses() {
		Set<String> addresses = new HashSet<>();
		this.configuration.generations()
			.forEach((generation) -> addresses.addAll(this.configuration.of(generation).addresses()));
		return addresses;
	}

	private void resize(int workers, ProcessSignal signal) {
		if (this.shutdown.isUnderWay()) {
			return;
		}
		if (workers != target()) {
			tell(Level.INFO,
					"number of workers changed from " + target() + " to " + workers + " (SIG" + signal.name() + ")");
		}
		this.configuration.target(workers);
	}

	// Loss

	/**
	 * A worker that served, or was to serve, is gone or condemned.
	 */
	private void lost(Worker worker, boolean whileBooting, String what, Instant now) {
		if (this.shutdown.isUnderWay()) {
			tell(Level.WARN, worker + " " + what);
			return;
		}
		if (whileBooting && !this.staffing.hasEverBeenReady()) {
			String seeAbove = worker.is(WorkerState.EXITING) ? "" : "its own error is above, ";
			tell(Level.ERROR, "worker failed to boot: " + worker + " " + what + "; " + seeAbove
					+ "nothing else was running, the master stops");
			this.shutdown.giveUp(3, settings(), now);
			return;
		}
		if (this.rollouts.lost(worker, what, now)) {
			return;
		}
		if (whileBooting && worker.replacement) {
			Duration delay = this.staffing.replacementFailed(this.backoff, now);
			tell(Level.ERROR,
					worker + " " + what + "; the worker it was to replace serves on, next attempt " + when(delay));
			return;
		}
		int crashes = worker.crashesIfItCrashes(now);
		Duration delay = this.backoff.delay(crashes);
		this.staffing.vacate(new Vacancy(crashes, now.plus(delay)));
		tell(Level.ERROR, worker + " " + what + "; respawning " + when(delay)
				+ ((crashes > 1) ? " (crash " + crashes + " in a row)" : ""));
	}

	private static String when(Duration delay) {
		return delay.isZero() ? "at once" : "in " + Phrases.rough(delay);
	}

	private void checkDeadlines(Instant now) {
		for (Watch.Lapse lapse : this.watch.lapses(now)) {
			Worker worker = lapse.worker();
			switch (lapse.what()) {
				case BOOT -> condemn(worker, Verdict.BOOT_TIMEOUT, lapse.words(), now);
				case SIGN_OF_LIFE -> condemn(worker, Verdict.HUNG, lapse.words(), now);
				case EXIT_WITHOUT_CHANNEL -> {
					this.orders.terminate(worker, Verdict.CHANNEL_LOST, worker.settings.gracefulTimeout(), now);
					if (!this.rollouts.lost(worker, lapse.words(), now)) {
						tell(Level.WARN, worker + " " + lapse.words());
					}
				}
				case LEAVE -> {
					tell(Level.WARN, worker + " " + lapse.words());
					this.orders.kill(worker, worker.leaving());
				}
				case DUMP -> this.orders.kill(worker, worker.leaving());
			}
		}
	}

	private void condemn(Worker worker, String reason, String why, Instant now) {
		boolean booting = worker.is(WorkerState.BOOTING);
		this.orders.condemn(worker, reason, now);
		// Told first: the worker may print its dump before the master's next line.
		lost(worker, booting, why + "; killing it after its thread dump", now);
		this.orders.dump(worker);
	}

	// What should be

	private void reconcile(Instant now) {
		if (this.shutdown.isUnderWay()) {
			this.training.cancel();
			this.shutdown.advance(settings(), now);
			if (this.pool.isEmpty()) {
				tell(Level.INFO, "master stopped");
				this.orders.add(new Effect.Exit(this.shutdown.exitCode()));
				this.over = true;
			}
			return;
		}
		takeSteps(now);
		this.rollouts.advance(now);
		this.upgrade.advance(settings(), now);
		takeSteps(now);
		this.training.advance(now);
		appointLeader();
	}

	/** Whether the pool is not as it should be until those who boot are ready. */
	private boolean isIncomplete() {
		return this.shutdown.isUnderWay() || this.pool.ready() < target() || this.rollouts.isGoingBack();
	}

	private void takeSteps(Instant now) {
		Staffing.Step step = nextStep(now);
		while (step != null) {
			perform(step, now);
			step = nextStep(now);
		}
	}

	private Staffing.@Nullable Step nextStep(Instant now) {
		Staffing.Step step = this.staffing.next(target(), settings().rollout(), now);
		boolean tooEarly = step instanceof Staffing.Dismiss dismiss && !this.rollouts.mayLeave(dismiss.worker(), now);
		return tooEarly ? null : step;
	}

	private void perform(Staffing.Step step, Instant now) {
		if (step instanceof Staffing.Hire hire) {
			spawn(hire, now);
		}
		else if (step instanceof Staffing.Dismiss dismiss) {
			Message.Retire retirement = dismiss.worker().retirement();
			String reason = !dismiss.superseded() ? Verdict.SCALED_DOWN
					: (retirement != null) ? retirement.reason() : this.rollouts.reason();
			this.orders.drain(dismiss.worker(), reason, dismiss.worker().settings.gracefulTimeout(), now);
		}
		else if (step instanceof Staffing.CallOff callOff) {
			this.orders.callOff(callOff.worker(), Verdict.SCALED_DOWN, callOff.worker().settings.gracefulTimeout(),
					now);
		}
	}

	private void spawn(Staffing.Hire hire, Instant now) {
		PoolSpec spec = this.configuration.of(hire.generation());
		boolean exclusive = !spec.exclusiveFlags().isEmpty()
				&& this.pool.stream().noneMatch((worker) -> worker.exclusive);
		Worker worker = new Worker(++this.lastId, this.pool.freeIndex(), hire.generation(), spec.settings(),
				hire.replacement(), exclusive, hire.crashes(), now);
		this.pool.add(worker);
		this.orders.add(new Effect.Spawn(worker.id, worker.index, worker.generation, worker.id == 1, worker.exclusive));
	}

	private void appointLeader() {
		if (this.orders.isLeaderMissing()) {
			this.pool.oldest((worker) -> worker.is(WorkerState.READY) && !this.staffing.isOutdated(worker))
				.or(() -> this.pool.oldest((worker) -> worker.is(WorkerState.READY)))
				.ifPresent(this.orders::appoint);
		}
	}

	// Small things

	private Instant nextDeadline(Instant now) {
		Instant worker = this.watch.next(now);
		Stream<Instant> others = this.shutdown.isUnderWay() ? this.shutdown.deadlines()
				: Stream
					.of(this.staffing.deadlines(), this.rollouts.deadlines(), this.upgrade.deadlines(settings()),
							this.priorities.deadlines(), this.training.deadlines())
					.flatMap((deadlines) -> deadlines);
		return others.filter((deadline) -> deadline.isAfter(now) && deadline.isBefore(worker))
			.min(Instant::compareTo)
			.orElse(worker);
	}

	private PoolSettings settings() {
		return this.configuration.settings();
	}

	private int target() {
		return this.configuration.target();
	}

	private void count(String reason) {
		this.exits.merge(reason, 1L, Long::sum);
	}

	private void tell(Level level, String text) {
		this.orders.tell(level, text);
	}

}
