package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

	/** How long a condemned worker may take to write its thread dump. */
	static final Duration DUMP_TIME = Duration.ofSeconds(2);

	/** How long a worker that has closed its control channel may take to exit. */
	static final Duration CHANNEL_LOST_PATIENCE = Duration.ofSeconds(2);

	/** How long a quick stop waits before it kills. */
	static final Duration QUICK_STOP = Duration.ofSeconds(5);

	/**
	 * When the master wakes up later than this, it was suspended itself, and the silence
	 * of its workers says nothing about them.
	 */
	static final Duration OVERSLEPT = Duration.ofSeconds(1);

	private final ArbiterConfig config;

	private final Backoff backoff;

	private final Pool pool = new Pool();

	private final Staffing staffing;

	private final Map<String, Long> exits = new TreeMap<>();

	private final List<Effect> effects = new ArrayList<>();

	private PoolSettings settings;

	/** Generation from which {@link #settings} come. */
	private int settingsGeneration = 1;

	private int target;

	private int generation = 1;

	private @Nullable Reload reload;

	private boolean reloadQueued;

	private boolean complete;

	private long lastId;

	private long leader;

	private @Nullable Integer exitCode;

	private boolean quick;

	private boolean over;

	private Instant due = Instant.MAX;

	Arbiter(ArbiterConfig config, RandomGenerator random) {
		this.config = config;
		this.backoff = new Backoff(random);
		this.settings = config.settings();
		this.target = configuredWorkers();
		this.staffing = new Staffing(this.pool);
	}

	/**
	 * Take notice of an event and decide what to do.
	 * @param now the time, which must not run backwards
	 * @return what to do, in this order
	 */
	List<Effect> on(Event event, Instant now) {
		this.effects.clear();
		if (!this.over) {
			if (now.minus(OVERSLEPT).isAfter(this.due)) {
				this.pool.in(WorkerState.READY).forEach((worker) -> worker.forgiveSilence(now));
			}
			handle(event, now);
			checkDeadlines(now);
			reconcile(now);
			this.due = nextDeadline(now);
		}
		return List.copyOf(this.effects);
	}

	/**
	 * Return when to send a {@link Event.Tick} if nothing happens before,
	 * {@link Instant#MAX} for never.
	 */
	Instant due() {
		return this.due;
	}

	PoolSnapshot snapshot() {
		String state = (this.exitCode != null) ? "stopping"
				: !this.staffing.hasEverBeenReady() ? "starting" : (this.reload != null) ? "reloading" : "running";
		return new PoolSnapshot(
				new PoolSnapshot.MasterInfo(this.config.pid(), this.config.startedAt(), this.generation, state),
				this.target, this.pool.ready(),
				this.pool.stream()
					.sorted((one, other) -> Integer.compare(one.index, other.index))
					.map((worker) -> worker.describe(worker.id == this.leader))
					.toList(),
				this.exits);
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
			Worker worker = this.pool.find(received.id());
			if (worker != null) {
				onMessage(worker, received.message(), now);
			}
		}
		else if (event instanceof Event.ChannelLost lost) {
			onChannelLost(lost, now);
		}
		else if (event instanceof Event.Signalled signalled) {
			onSignal(signalled.signal(), now);
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
			tell(Level.INFO, "only " + worker + " runs with " + String.join(" ", this.config.exclusiveFlags())
					+ ", which can be used by one process at a time");
		}
		send(worker, new Message.Welcome(worker.index, worker.id, worker.generation,
				this.settings.gracefulTimeout().toMillis()));
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
		if (worker.id == this.leader) {
			this.leader = 0;
		}
		count(verdict.reason());
		String line = verdict.line(worker, now);
		if (this.exitCode == null && worker.isActive()) {
			lost(worker, worker.is(WorkerState.BOOTING), line, now);
		}
		else {
			tell(verdict.asWanted() ? Level.INFO : Level.WARN, worker + " " + line);
		}
	}

	private void onMessage(Worker worker, Message.FromWorker message, Instant now) {
		if (message instanceof Message.Heartbeat heartbeat) {
			worker.heard(heartbeat, now);
		}
		else if (message instanceof Message.Hello hello) {
			onHello(worker, hello);
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
				tell(Level.WARN, worker + " closed " + Phrases.grouped(drained.connectionsLeft())
						+ " connections that were still open when its graceful-timeout was over");
			}
		}
		else if (message instanceof Message.PoolQuery query) {
			send(worker, new Message.PoolReply(query.query(), snapshot()));
		}
	}

	private void onHello(Worker worker, Message.Hello hello) {
		try {
			worker.hello(PoolSettings.of(hello.configuration()));
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
		adoptSettings(worker);
		if (!this.complete && this.pool.ready() >= this.target) {
			this.complete = true;
			tell(Level.INFO, "pool is complete: " + Phrases.workers(this.pool.ready()) + " ready after "
					+ Phrases.rough(Duration.between(this.config.startedAt(), now)));
		}
	}

	/**
	 * The first worker of a reload that becomes ready brings its configuration into
	 * force.
	 */
	private void adoptSettings(Worker worker) {
		PoolSettings reported = worker.settings();
		if (reported == null || worker.generation <= this.settingsGeneration) {
			return;
		}
		this.settingsGeneration = worker.generation;
		PoolSettings before = this.settings;
		this.settings = reported;
		if (!before.workers().equals(reported.workers())) {
			this.target = configuredWorkers();
			tell(Level.INFO,
					"unicorn.workers has changed, the pool has " + Phrases.workers(this.target) + " from now on");
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
			case TERM -> stop(false, 0, "SIGTERM", now);
			case INT -> stop(true, 0, "SIGINT", now);
			case HUP -> requestReload();
			case TTIN -> resize(this.target + 1, signal);
			case TTOU -> resize(Math.max(1, this.target - 1), signal);
			case WINCH -> {
				if (!this.config.terminal()) {
					resize(0, signal);
				}
			}
			case USR1 -> {
				this.effects.add(new Effect.ReopenLog());
				tell(Level.INFO, "log file reopened (SIGUSR1)");
			}
			default ->
				tell(Level.WARN, ProcessSignal.describe(signal.number()) + " has no meaning here and is ignored");
		}
	}

	private void requestReload() {
		if (this.exitCode != null) {
			return;
		}
		if (this.reload != null || !this.staffing.hasEverBeenReady()) {
			tell(Level.INFO, "reload requested (SIGHUP), it follows when the "
					+ ((this.reload != null) ? "one that runs is done" : "first worker is ready"));
		}
		this.reloadQueued = true;
	}

	private void resize(int workers, ProcessSignal signal) {
		if (this.exitCode != null) {
			return;
		}
		if (workers != this.target) {
			tell(Level.INFO,
					"number of workers changed from " + this.target + " to " + workers + " (SIG" + signal.name() + ")");
		}
		this.target = workers;
	}

	// Loss

	/**
	 * A worker that served, or was to serve, is gone or condemned.
	 */
	private void lost(Worker worker, boolean whileBooting, String what, Instant now) {
		if (whileBooting && !this.staffing.hasEverBeenReady()) {
			tell(Level.ERROR, "worker failed to boot: " + worker + " " + what
					+ ". Its own error is above; nothing else was running, the master stops");
			stop(false, 3, null, now);
			return;
		}
		if (whileBooting && worker.replacement) {
			Duration delay = this.staffing.replacementFailed(this.backoff, now);
			if (this.reload != null) {
				tell(Level.ERROR, worker + " " + what);
				abortReload();
			}
			else {
				tell(Level.ERROR,
						worker + " " + what + "; the worker it was to replace serves on, next attempt " + when(delay));
			}
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
		for (Worker worker : this.pool.all()) {
			switch (worker.state()) {
				case BOOTING -> checkBoot(worker, now);
				case READY -> checkReady(worker, now);
				case DRAINING -> {
					if (isDue(worker.deadline(), now)) {
						tell(Level.WARN, worker + " did not exit within its graceful-timeout, killing it");
						kill(worker, worker.leaving());
					}
				}
				case EXITING -> {
					if (isDue(worker.deadline(), now)) {
						kill(worker, worker.leaving());
					}
				}
			}
		}
	}

	private static boolean isDue(Instant deadline, Instant now) {
		return !now.isBefore(deadline);
	}

	private void checkBoot(Worker worker, Instant now) {
		if (isDue(bootDeadline(worker), now)) {
			condemn(worker, Verdict.BOOT_TIMEOUT,
					"did not become ready within its boot-timeout of " + Phrases.rough(this.settings.bootTimeout()),
					now);
		}
	}

	private Instant bootDeadline(Worker worker) {
		return this.settings.bootTimeout().isZero() ? Instant.MAX : worker.spawnedAt.plus(this.settings.bootTimeout());
	}

	private void checkReady(Worker worker, Instant now) {
		if (isDue(patienceDeadline(worker), now)) {
			tell(Level.WARN, worker + " has closed its control channel and does not exit by itself; "
					+ "it is told to leave and replaced");
			leave(worker, WorkerState.DRAINING, Verdict.CHANNEL_LOST, now.plus(this.settings.gracefulTimeout()));
			this.effects.add(new Effect.Kill(worker.id, ProcessSignal.TERM));
			return;
		}
		String hung = HangDetection.check(worker, this.settings, now);
		if (hung != null) {
			condemn(worker, Verdict.HUNG, "is hung, " + hung, now);
		}
	}

	private Instant patienceDeadline(Worker worker) {
		Instant lost = worker.channelLostAt();
		return (lost != null) ? lost.plus(CHANNEL_LOST_PATIENCE) : Instant.MAX;
	}

	/**
	 * Ask for a thread dump, then kill. A stopped process handles no signal, so it is
	 * continued; it is told to stop accepting first, lest it take a connection that it
	 * cannot serve any more.
	 */
	private void condemn(Worker worker, String reason, String why, Instant now) {
		boolean booting = worker.is(WorkerState.BOOTING);
		leave(worker, WorkerState.EXITING, reason, now.plus(DUMP_TIME));
		send(worker, new Message.Drain(0));
		this.effects.add(new Effect.Kill(worker.id, ProcessSignal.QUIT));
		this.effects.add(new Effect.Kill(worker.id, ProcessSignal.CONT));
		lost(worker, booting, why + "; killing it after its thread dump", now);
	}

	private void kill(Worker worker, @Nullable String reason) {
		this.effects.add(new Effect.Kill(worker.id, ProcessSignal.KILL));
		leave(worker, WorkerState.EXITING, (reason != null) ? reason : Verdict.KILLED, Instant.MAX);
	}

	private void leave(Worker worker, WorkerState state, String reason, Instant deadline) {
		if (worker.id == this.leader) {
			send(worker, new Message.Leader(false));
			this.leader = 0;
		}
		worker.leave(state, reason, deadline);
	}

	// What should be

	private void reconcile(Instant now) {
		if (this.exitCode != null) {
			if (this.pool.isEmpty()) {
				tell(Level.INFO, "master stopped");
				this.effects.add(new Effect.Exit(this.exitCode));
				this.over = true;
			}
			return;
		}
		if (this.reloadQueued && this.reload == null && this.staffing.hasEverBeenReady()) {
			startReload(now);
		}
		Staffing.Step step = this.staffing.next(this.target, now);
		while (step != null) {
			perform(step, now);
			step = this.staffing.next(this.target, now);
		}
		finishReload(now);
		appointLeader();
	}

	private void perform(Staffing.Step step, Instant now) {
		if (step instanceof Staffing.Hire hire) {
			spawn(hire, now);
		}
		else if (step instanceof Staffing.Dismiss dismiss) {
			Message.Retire retirement = dismiss.worker().retirement();
			drain(dismiss.worker(), !dismiss.superseded() ? Verdict.SCALED_DOWN
					: (retirement != null) ? retirement.reason() : Verdict.RELOAD, now);
		}
		else if (step instanceof Staffing.CallOff callOff) {
			callOff(callOff.worker(), Verdict.SCALED_DOWN, now);
		}
	}

	private void spawn(Staffing.Hire hire, Instant now) {
		boolean exclusive = !this.config.exclusiveFlags().isEmpty()
				&& this.pool.stream().noneMatch((worker) -> worker.exclusive);
		Worker worker = new Worker(++this.lastId, this.pool.freeIndex(), this.generation, hire.replacement(), exclusive,
				hire.crashes(), now);
		this.pool.add(worker);
		this.effects
			.add(new Effect.Spawn(worker.id, worker.index, worker.generation, worker.id == 1, worker.exclusive));
	}

	private void drain(Worker worker, String reason, Instant now) {
		tell(Level.INFO, worker + " draining (" + reason + ")");
		leave(worker, WorkerState.DRAINING, reason, now.plus(this.settings.gracefulTimeout()));
		send(worker, new Message.Drain(connectionTime().toMillis()));
	}

	/**
	 * Part of the graceful-timeout is kept for closing the application after its last
	 * connection.
	 */
	private Duration connectionTime() {
		Duration whole = this.settings.gracefulTimeout();
		Duration rest = whole.dividedBy(5);
		Duration most = Duration.ofSeconds(3);
		return whole.minus((rest.compareTo(most) > 0) ? most : rest);
	}

	private void callOff(Worker worker, String reason, Instant now) {
		leave(worker, WorkerState.EXITING, reason, now.plus(this.settings.gracefulTimeout()));
		send(worker, new Message.Stop());
		this.effects.add(new Effect.Kill(worker.id, ProcessSignal.TERM));
	}

	private void startReload(Instant now) {
		this.reloadQueued = false;
		this.generation++;
		if (this.target == 0) {
			this.target = configuredWorkers();
		}
		this.reload = new Reload(this.staffing.accept(this.generation), now);
		tell(Level.INFO, "reload: replacing " + this.pool.active().count() + " workers one after the other (generation "
				+ this.generation + ")");
	}

	private void finishReload(Instant now) {
		if (this.reload != null && !this.staffing.hasOutdated() && this.pool.ready() >= this.target) {
			tell(Level.INFO, "reload complete: " + Phrases.workers(this.pool.ready()) + " of generation "
					+ this.generation + " after " + Phrases.rough(Duration.between(this.reload.startedAt(), now)));
			this.reload = null;
		}
		if (this.reload == null && this.reloadQueued) {
			startReload(now);
		}
	}

	private void abortReload() {
		Reload failed = Objects.requireNonNull(this.reload);
		this.staffing.accept(failed.acceptedBefore());
		this.reload = null;
		tell(Level.ERROR, "reload failed: the new worker did not boot, its own error is above. "
				+ "The workers that serve are not touched");
	}

	private void appointLeader() {
		if (this.leader == 0) {
			this.pool.oldest((worker) -> worker.is(WorkerState.READY) && !this.staffing.isOutdated(worker))
				.or(() -> this.pool.oldest((worker) -> worker.is(WorkerState.READY)))
				.ifPresent((worker) -> {
					this.leader = worker.id;
					send(worker, new Message.Leader(true));
				});
		}
	}

	// The end

	private void stop(boolean quick, int code, @Nullable String why, Instant now) {
		boolean first = this.exitCode == null;
		if (first) {
			this.exitCode = code;
			this.effects.add(new Effect.CloseListeners());
		}
		if (why != null && (first || quick)) {
			tell(Level.INFO,
					quick ? "stopping at once (" + why + ")" : "stopping: workers finish their requests (" + why + ")");
		}
		for (Worker worker : this.pool.all()) {
			if (quick) {
				stopQuickly(worker, now);
			}
			else if (worker.is(WorkerState.READY)) {
				drain(worker, Verdict.SHUTDOWN, now);
			}
			else if (worker.is(WorkerState.BOOTING)) {
				callOff(worker, Verdict.SHUTDOWN, now);
			}
		}
		this.quick = quick || this.quick;
	}

	private void stopQuickly(Worker worker, Instant now) {
		if (this.quick) {
			kill(worker, Verdict.SHUTDOWN);
			return;
		}
		callOff(worker, Verdict.SHUTDOWN, now);
		Duration patience = (this.settings.gracefulTimeout().compareTo(QUICK_STOP) < 0)
				? this.settings.gracefulTimeout() : QUICK_STOP;
		worker.deadline(now.plus(patience));
	}

	// Small things

	private Instant nextDeadline(Instant now) {
		Stream<Instant> workers = this.pool.stream().flatMap(this::deadlines);
		return Stream.concat(workers, this.staffing.deadlines())
			.filter((deadline) -> deadline.isAfter(now))
			.min(Instant::compareTo)
			.orElse(Instant.MAX);
	}

	private Stream<Instant> deadlines(Worker worker) {
		return switch (worker.state()) {
			case BOOTING -> Stream.of(bootDeadline(worker));
			case READY -> Stream.of(HangDetection.deadline(worker, this.settings), patienceDeadline(worker));
			case DRAINING, EXITING -> Stream.of(worker.deadline());
		};
	}

	private int configuredWorkers() {
		return this.settings.workers().orElse(this.config.autoWorkers());
	}

	private void count(String reason) {
		this.exits.merge(reason, 1L, Long::sum);
	}

	private void send(Worker worker, Message.FromMaster message) {
		this.effects.add(new Effect.Send(worker.id, message));
	}

	private void tell(Level level, String text) {
		this.effects.add(new Effect.Tell(level, text));
	}

}
