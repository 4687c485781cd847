package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.Backoff;
import io.unicorn.master.arbiter.pool.BootPriority;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Leadership;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.arbiter.rollout.Rollouts;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything that happens to the pool: a state machine that turns events into
 * effects. It has no threads, no clock and no I/O, so a test can drive it through hours
 * in milliseconds. After each event it compares the workers with the target
 * ({@link Reconciler}), so it needs no list of steps under way. Not thread-safe.
 */
public final class Arbiter {

	/**
	 * A master that wakes up this long after a deadline was suspended itself, so the
	 * silence of its workers does not count.
	 */
	static final Duration SUSPENDED = Duration.ofSeconds(1);

	private final ArbiterConfig config;

	private final Pool pool = new Pool();

	private final EffectBuffer effects = new EffectBuffer();

	private final Leadership leadership = new Leadership(this.pool, this.effects);

	private final ExclusiveResource exclusive = new ExclusiveResource(this.pool, this.effects);

	private final Deadlines deadlines = new Deadlines(this.pool);

	private final ExitHistory exits = new ExitHistory();

	private final PoolConfiguration configuration;

	private final Reconciler reconciler;

	private final Rollouts rollouts;

	private final Shutdown shutdown;

	private final Upgrade upgrade;

	private final BootPriority priorities;

	private final Training training;

	private final FileComparison files;

	private final Hooks hooks;

	private final Steering steering;

	private final SignalHandling signals;

	private final WorkerFailures failures;

	private final MainMethod mainMethod;

	private final OwnEnds ownEnds;

	private final LostCode lostCode;

	private final Reconciliation reconciliation;

	private final WorkerMessages messages;

	private final CallRelay calls = new CallRelay(this.pool, this.effects);

	private boolean ended;

	private Instant due = Instant.MAX;

	/**
	 * Create the arbiter of a pool that is to be started.
	 * @param random the source of jitter
	 */
	public Arbiter(ArbiterConfig config, RandomGenerator random) {
		this(config, new PoolConfiguration(config.spec()), random);
	}

	private Arbiter(ArbiterConfig config, PoolConfiguration configuration, RandomGenerator random) {
		this.config = config;
		this.configuration = configuration;
		this.reconciler = new Reconciler(this.pool, config.processors());
		Termination termination = new Termination(this.effects, this.leadership);
		this.rollouts = new Rollouts(this.pool, this.reconciler, configuration, this.effects, termination);
		this.shutdown = new Shutdown(this.pool, this.effects, termination);
		this.priorities = new BootPriority(this.pool, this.effects);
		this.mainMethod = new MainMethod(this.effects);
		this.hooks = new Hooks(this.pool, configuration, this.effects);
		this.upgrade = new Upgrade(this.rollouts, this.reconciler, this.mainMethod, this.hooks, this.effects);
		this.training = new Training(this.pool, configuration, this.rollouts, this.upgrade, this.effects);
		this.files = new FileComparison(this.pool, this.effects);
		this.steering = new Steering(this.pool, configuration, this.rollouts, this.shutdown, this.upgrade,
				this.effects);
		this.signals = new SignalHandling(configuration, this.steering, this.shutdown, this.upgrade, this.effects,
				config.terminal());
		Backoff backoff = new Backoff(random);
		this.failures = new WorkerFailures(configuration, this.reconciler, backoff, this.rollouts, this.shutdown,
				termination, this.exclusive, this.effects);
		this.ownEnds = new OwnEnds(configuration, this.reconciler, this.rollouts, this.upgrade, this.shutdown,
				termination, this.failures, this.effects);
		this.lostCode = new LostCode(this.pool, configuration, this.reconciler, backoff, this.rollouts, this.shutdown,
				this.effects);
		this.reconciliation = new Reconciliation(this.pool, configuration, this.reconciler, this.rollouts, termination,
				this.mainMethod, this.effects);
		this.messages = new WorkerMessages(config.startedAt(), this.pool, configuration, this.reconciler, this.rollouts,
				this.training, this.exclusive, this.mainMethod, this.ownEnds, this.effects);
	}

	/**
	 * Create an arbiter that continues where the arbiter of another master has stopped.
	 * @param specs the specifications of the generations
	 */
	public static Arbiter restore(ArbiterState state, ArbiterConfig config, Map<Integer, PoolSpec> specs,
			RandomGenerator random) {
		int generation = state.pool().master().generation();
		Arbiter arbiter = new Arbiter(config, new PoolConfiguration(specs, generation, state.pool().target()), random);
		state.workers()
			.forEach((worker) -> arbiter.pool
				.add(Worker.restore(worker, arbiter.configuration.of(worker.generation()).settings(), state.now())));
		arbiter.reconciler.restore(generation);
		arbiter.exclusive.restore(generation);
		arbiter.mainMethod.end();
		arbiter.leadership.restore(state.leader(), state.leadersHandOver());
		arbiter.rollouts.restore(state);
		arbiter.exits.restore(state.pool());
		arbiter.messages.restore(state.complete());
		arbiter.hooks.restore(state.complete());
		arbiter.reconciliation.restore(state.lastWorker());
		return arbiter;
	}

	/**
	 * Return the state for the arbiter of another master, or {@code null} if the pool is
	 * stopping, a roll-out is under way, a hook runs, or a worker is being started or has
	 * got TERM.
	 */
	public @Nullable ArbiterState save(Instant now) {
		if (this.shutdown.isUnderWay() || this.rollouts.isRunning() || this.hooks.arePending()
				|| !this.pool.stream().allMatch((worker) -> worker.isSpawned() && worker.terminatedAt() == null)) {
			return null;
		}
		return new ArbiterState(now, snapshot(now), this.rollouts.lastGeneration(), this.rollouts.lastId(),
				this.rollouts.requested(), this.reconciliation.lastWorker(), this.leadership.leader(),
				this.leadership.handOver(), this.messages.hasBeenComplete(),
				this.pool.stream().map(Worker::save).toList(), this.config.secret());
	}

	/**
	 * Handle an event.
	 * @param now the time, which must not run backwards
	 * @return the effects to perform, in this order
	 */
	public List<Effect> on(Event event, Instant now) {
		if (isRoutine(event, now)) {
			return List.of();
		}
		if (!this.ended) {
			if (now.minus(SUSPENDED).isAfter(this.due)) {
				this.pool.in(WorkerState.READY).forEach((worker) -> worker.forgiveSilence(now));
			}
			this.hooks.on(event, now);
			handle(event, now);
			this.deadlines.timeouts(now).forEach((timeout) -> this.failures.on(timeout, now));
			this.calls.advance(now);
			reconcile(now);
			this.priorities.advance(isIncomplete(), now);
			this.due = nextDeadline(now);
		}
		return this.effects.take();
	}

	/**
	 * Handle a heartbeat that changes nothing, which most events are, and return whether
	 * the event was one. The next deadline stays, though that of the worker is later now:
	 * when it comes, there is nothing to do.
	 */
	private boolean isRoutine(Event event, Instant now) {
		if (!(event instanceof Event.Received received && received.message() instanceof Message.Heartbeat heartbeat)
				|| !now.isBefore(this.due) || this.ended || this.shutdown.isUnderWay() || this.rollouts.isRunning()) {
			return false;
		}
		Worker worker = this.pool.find(received.id());
		if (worker == null || !worker.is(WorkerState.READY)) {
			return false;
		}
		worker.heard(heartbeat, now);
		return now.isBefore(HangDetection.deadline(worker, worker.settings()));
	}

	/**
	 * Return when to send an {@link Event.Tick} if no other event comes before,
	 * {@link Instant#MAX} for never.
	 */
	public Instant due() {
		return this.due;
	}

	/** Return the state of the pool. */
	public PoolSnapshot snapshot(Instant now) {
		String state = this.shutdown.isUnderWay() ? "stopping" : !this.reconciler.hasEverBeenReady() ? "starting"
				: this.rollouts.isRunning() ? "reloading" : "running";
		return new PoolSnapshot(
				new PoolSnapshot.MasterInfo(this.config.pid(), this.config.startedAt(),
						Math.max(0, Duration.between(this.config.startedAt(), now).toSeconds()), "", "", state,
						this.configuration.generation()),
				target(), this.pool.ready(), List.of(),
				this.pool.stream()
					.filter(Worker::isSpawned)
					.sorted((one, other) -> Integer.compare(one.index(), other.index()))
					.map((worker) -> worker.describe(this.leadership.isLeader(worker), now))
					.toList(),
				this.exits.counts(), this.exits.latest(), this.rollouts.describe(), this.exclusive.problem(target()));
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
		else if (event instanceof Event.Query query) {
			deliver(new Effect.Answer(query.client(), answer(query.question(), now)), query.question());
		}
		else if (event instanceof Event.ChannelLost lost) {
			onChannelLost(lost, now);
		}
		else if (event instanceof Event.Misbehaved misbehaved) {
			onMisbehaved(misbehaved, now);
		}
		else if (event instanceof Event.RepliesDropped dropped) {
			this.messages.on(dropped, now);
		}
		else if (event instanceof Event.Signalled signalled) {
			this.signals.on(signalled.signal(), now);
		}
		else if (event instanceof Event.Prepared prepared) {
			this.rollouts.prepared(prepared, now);
			if (this.rollouts.awaitsCanary(prepared.generation())) {
				this.hooks.reloading(prepared.generation(), this.rollouts.describe().get(0).trigger());
			}
		}
		else if (event instanceof Event.PreparationFailed failed) {
			this.rollouts.preparationFailed(failed, now);
		}
		else if (event instanceof Event.UpgradeFailed failed) {
			this.upgrade.failed(failed);
		}
		else if (event instanceof Event.HeapDump dump) {
			onHeapDump(dump, now);
		}
		else if (event instanceof Event.DumpWritten dump) {
			onDumpWritten(dump);
		}
		else if (event instanceof Event.Resumed) {
			log(Level.INFO, "the master was replaced, " + LogFormat.workers(this.pool.active().count()) + " serve on");
		}
		else if (event instanceof Event.JarChanged && settings().reloadOnChange() && !this.shutdown.isUnderWay()) {
			var unused = this.rollouts.request("the jar file has changed");
		}
		else if (event instanceof Event.CacheEvent cache) {
			this.training.on(cache, now);
		}
		else if (event instanceof Event.BacklogCounted counted) {
			this.shutdown.counted(counted, now);
			this.rollouts.counted(counted, now);
		}
		else {
			handleGround(event, now);
		}
	}

	/** Handle an event about what workers run from. */
	private void handleGround(Event event, Instant now) {
		if (event instanceof Event.CodeLost lost) {
			this.lostCode.on(lost, now);
		}
		else if (event instanceof Event.CodeRestored restored) {
			this.lostCode.on(restored);
		}
		else if (event instanceof Event.CodeNotRestored failed && !this.shutdown.isUnderWay()) {
			this.lostCode.on(failed, now);
		}
		else if (event instanceof Event.GenerationChanged changed
				&& this.configuration.generations().contains(changed.generation())) {
			this.configuration.add(changed.generation(), changed.spec());
		}
	}

	// Events

	private void onSpawned(Event.Spawned event) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		worker.spawned(event.pid());
		log(Level.INFO, worker + " spawned" + (worker.isReplacement() ? " as a replacement" : ""));
		if (worker.isExclusive()) {
			log(Level.INFO, "only " + worker + " runs with " + exclusiveFlags(worker)
					+ ", which can be used by one process at a time");
		}
		this.effects.send(worker,
				new Message.Welcome(worker.index(), worker.id(), worker.generation(),
						worker.settings().gracefulTimeout().toMillis(), this.rollouts.isObserved(worker.generation()),
						this.rollouts.observationTime(worker.generation()).toMillis(),
						worker.settings().heartbeatInterval().toMillis(), worker.boot().initialization(),
						this.config.secret()));
	}

	private void onSpawnFailed(Event.SpawnFailed event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		this.pool.remove(worker);
		String what = "could not be started: " + event.cause();
		this.exits.add(worker, ExitReason.BOOT_FAILED, what, now);
		this.failures.lost(worker, true, what, now);
	}

	private void onExited(Event.Exited event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		ExitReason exit = ExitReason.of(worker, event);
		this.pool.remove(worker);
		this.calls.lost(worker);
		this.shutdown.exited(event);
		this.leadership.exited(worker);
		this.exits.add(worker, exit.reason(), exit.description(), now);
		this.hooks.exited(worker, event, exit);
		if (!exit.expected() && !worker.settings().dumpDir().isEmpty()) {
			this.effects.add(
					new Effect.LookForDump(worker.id(), worker.pid(), worker.spawnedAt(), worker.settings().dumpDir()));
		}
		if (worker.isExclusive() && !this.shutdown.isUnderWay()) {
			log(Level.INFO, "no worker runs with " + exclusiveFlags(worker) + " now, the next one that starts does");
		}
		String line = exit.line(worker, now);
		if (!this.shutdown.isUnderWay() && worker.isActive()) {
			this.ownEnds.exited(worker, line, event, now);
		}
		else {
			log(exit.expected() ? Level.INFO : Level.WARN, worker + " " + line);
		}
	}

	private String exclusiveFlags(Worker worker) {
		return String.join(" ", this.configuration.of(worker.generation()).exclusiveFlags());
	}

	private void onReceived(Event.Received received, Instant now) {
		Event.Received event = new Event.Received(received.id(), WorkerText.limit(received.message()));
		if (event.message() instanceof Message.BootLog log) {
			// It may come after the exit.
			this.rollouts.bootLog(event.id(), log.lines());
			this.exclusive.bootLog(event.id(), log.lines());
		}
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			return;
		}
		worker.connected();
		if (event.message() instanceof Message.Question question) {
			Message.FromMaster answer = question instanceof Message.Request request
					&& this.messages.isRefused(worker, request, now)
							? Steering.refusal(request, "no endpoint of the application may write")
							: answer(question, now);
			deliver(new Effect.Send(worker.id(), answer), question);
		}
		else if (event.message() instanceof Message.Resigned resigned) {
			this.leadership.resigned(worker, resigned);
		}
		else if (event.message() instanceof Message.OfCall call) {
			this.calls.on(worker, call, now);
		}
		else {
			this.messages.on(worker, event.message(), now);
		}
	}

	private Message.FromMaster answer(Message.Question question, Instant now) {
		if (question instanceof Message.Request request) {
			return this.steering.on(request, now);
		}
		PoolSnapshot snapshot = snapshot(now);
		return new Message.PoolReply(question.query(), isForAll(question) ? snapshot : snapshot.summary());
	}

	/** Deliver an answer; those who ask for all want what the kernel knows too. */
	private void deliver(Effect.Delivery answer, Message.Question question) {
		this.effects.add(isForAll(question) ? new Effect.Measure(answer) : answer);
	}

	private static boolean isForAll(Message.Question question) {
		return question instanceof Message.PoolQuery query && query.history();
	}

	private void onChannelLost(Event.ChannelLost event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker != null && worker.channelLostAt() == null) {
			worker.channelLost(now);
			this.calls.lost(worker);
			if (!event.cause().isEmpty()) {
				log(Level.ERROR, worker + ": " + event.cause());
			}
		}
	}

	private void onHeapDump(Event.HeapDump event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker != null) {
			this.failures.dumped(worker, event, now);
		}
	}

	/**
	 * Note a dump that tells of the end of a worker: it leaves, or is in the history. One
	 * that somebody has asked for says nothing of a later end.
	 */
	private void onDumpWritten(Event.DumpWritten event) {
		Worker worker = this.pool.find(event.id());
		if (worker == null) {
			int pid = this.exits.dumped(event.id(), event.file());
			log(Level.INFO, "the worker with pid " + pid + ", which has exited, has written " + event.file());
			return;
		}
		if (!worker.isActive()) {
			worker.dumped(event.file());
		}
		log(Level.INFO, worker + " has written " + event.file());
	}

	private void onMisbehaved(Event.Misbehaved event, Instant now) {
		Worker worker = this.pool.find(event.id());
		if (worker != null && worker.channelLostAt() == null) {
			worker.channelLost(now);
			this.calls.lost(worker);
			this.failures.misbehaved(worker, event.how(), now);
		}
	}

	// Reconciling

	private void reconcile(Instant now) {
		if (this.shutdown.isUnderWay()) {
			this.training.cancel();
			this.shutdown.advance(settings(), now);
			int code = this.shutdown.exitCode();
			if (this.pool.isEmpty() && !this.hooks.holdEnd(code, now)) {
				if (!this.shutdown.hasObstacle()) {
					log(Level.INFO, "master stopped" + ((code != 0) ? ", exit code " + code : ""));
				}
				this.effects.add(this.shutdown.end());
				this.ended = true;
			}
			return;
		}
		if (this.hooks.holdStart(now)) {
			return;
		}
		this.mainMethod.advance(target(), now);
		this.lostCode.advance(now);
		this.reconciliation.run(now);
		this.rollouts.advance(now);
		if (this.rollouts.isRunning()) {
			// New code was asked for, and its workers are not held back.
			this.mainMethod.end();
		}
		this.upgrade.advance(settings(), now);
		this.reconciliation.run(now);
		this.training.advance(now);
		this.files.advance(now);
		this.hooks.advance(this.messages.hasBeenComplete());
		this.leadership.appoint((worker) -> !this.reconciler.isOutdated(worker));
	}

	/** Whether the pool needs the workers that boot. */
	private boolean isIncomplete() {
		return this.shutdown.isUnderWay() || this.pool.ready() < target() || this.rollouts.isRollingBack();
	}

	private Instant nextDeadline(Instant now) {
		Instant worker = this.deadlines.next(now);
		Stream<Instant> others = this.shutdown.isUnderWay() ? this.shutdown.deadlines()
				: Stream
					.of(this.reconciler.deadlines(), this.rollouts.deadlines(), this.upgrade.deadlines(settings()),
							this.priorities.deadlines(), this.training.deadlines(), this.mainMethod.deadlines(),
							this.files.deadlines(), this.lostCode.deadlines())
					.flatMap((deadlines) -> deadlines);
		return Stream.of(others, this.calls.deadlines(), this.hooks.deadlines())
			.flatMap((deadlines) -> deadlines)
			.filter((deadline) -> deadline.isAfter(now) && deadline.isBefore(worker))
			.min(Instant::compareTo)
			.orElse(worker);
	}

	private PoolSettings settings() {
		return this.configuration.settings();
	}

	private int target() {
		return this.configuration.target();
	}

	private void log(Level level, String text) {
		this.effects.log(level, text);
	}

}
