package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.launch.lease.Leases;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.workdir.GroupDirectory;
import io.unicorn.master.arbiter.Arbiter;
import io.unicorn.master.arbiter.ArbiterConfig;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.cache.Archive;
import io.unicorn.master.cache.CacheEffects;
import io.unicorn.master.cache.Caches;
import io.unicorn.master.cache.Trainer;
import io.unicorn.master.command.Commands;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.event.EventSources;
import io.unicorn.master.event.JarWatch;
import io.unicorn.master.event.MonotonicClock;
import io.unicorn.master.event.ResidentThread;
import io.unicorn.master.event.Terminal;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.generation.Housekeeping;
import io.unicorn.master.ground.Ground;
import io.unicorn.master.hook.HookRunner;
import io.unicorn.master.listener.AddressText;
import io.unicorn.master.listener.ListenerEffects;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import io.unicorn.master.meters.MeterExchange;
import io.unicorn.master.probe.Probe;
import io.unicorn.master.process.OomKills;
import io.unicorn.master.process.Preparations;
import io.unicorn.master.process.ProcessFigures;
import io.unicorn.master.process.SharedFiles;
import io.unicorn.master.process.WorkerProcesses;
import io.unicorn.master.upgrade.HandOver;
import io.unicorn.master.upgrade.HandOverFile;
import io.unicorn.master.upgrade.MasterUpgrade;
import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.jnr.JnrPosix;

/**
 * The master process: wires the arbiter to the sources of events and to the performer of
 * effects. Everything is decided and done on the main thread; other threads only post
 * events.
 */
public final class Master {

	/** How long the end of the master waits until its last lines are written. */
	private static final Duration LAST_LINES = Duration.ofSeconds(1);

	private static final int RESERVE_BYTES = 1024 * 1024;

	/** More than a master has. */
	private static final int THREADS_OF_A_JVM = 24;

	private final Posix posix;

	/** What the master runs from, and what roll-outs begin with. */
	private final LaunchPlan program;

	private final Terminal terminal;

	private final IntConsumer end;

	private final LogQueue log;

	private final EventLoop loop;

	private final EventSources eventSources;

	private final BackgroundThread background;

	private final PidFiles pidFiles;

	private final PortFiles portFiles;

	private final ListenerSet listeners;

	private final Generations generations;

	private final Ground ground;

	private final Preparations preparations;

	private final WorkerProcesses processes;

	private final MeterExchange meters;

	private final Caches caches;

	private final Trainer trainer;

	private final CacheEffects cacheEffects;

	private final Commands commands;

	private final HookRunner hooks;

	private final PoolMeasurement measurement;

	private final Probe probe;

	private final MasterUpgrade upgrade;

	private final OomKills oomKills = new OomKills();

	private boolean jarWatched;

	/** Memory that a {@link #restart} has if the heap is full. */
	@SuppressWarnings("UnusedVariable") // It is there to be given up.
	private byte[] reserve = new byte[RESERVE_BYTES];

	private Master(Posix posix, LaunchPlan program, MonotonicClock clock, Arbiter arbiter, Terminal terminal,
			IntConsumer end) throws IOException {
		this.posix = posix;
		this.program = program;
		this.terminal = terminal;
		this.end = end;
		Path workDir = workDir(program);
		List<String> environment = MasterCommand.environmentOfWorkers(Command.ownEnvironment());
		this.log = new LogQueue(new LogWriter(posix.pid(), program.application(), program.master().log()));
		this.loop = new EventLoop(arbiter, clock, this.log);
		this.eventSources = new EventSources(posix, (signal) -> this.loop.post(() -> signalled(signal)), this.log,
				this.loop::fault);
		this.background = new BackgroundThread(this.loop::fault);
		this.pidFiles = new PidFiles(program.master().pidFiles(), posix.pid());
		this.portFiles = new PortFiles(program.master().portFiles());
		this.listeners = new ListenerSet(posix);
		this.generations = new Generations(new Housekeeping(new Leases(workDir, posix), this.background, this.log));
		this.commands = new Commands(this.log, this.loop::post);
		this.ground = new Ground(posix, program, environment, this.generations, this.commands, this.background,
				this.log, this.loop::post);
		this.preparations = new Preparations(posix, workDir);
		this.processes = new WorkerProcesses(posix, this.eventSources.poller(), receiver(), this.background::run,
				(dump) -> EventSources.daemon("unicorn-dump", dump), (line) -> this.log.write(Effect.Level.WARN, line));
		this.meters = new MeterExchange((worker, message) -> this.processes.send(new Effect.Send(worker, message)),
				clock::now, (line) -> this.log.write(Effect.Level.WARN, line));
		this.caches = new Caches(Path.of("/proc"), this.loop::decide);
		this.trainer = new Trainer(posix, workDir, (event) -> this.loop.post(() -> reportCache(event)),
				this.background);
		this.cacheEffects = new CacheEffects(this.caches, this.trainer, new Archive(program, Command.ownArguments()),
				this.processes, this.generations, this.ground, environment, this.loop::decide);
		this.hooks = new HookRunner(posix, program.application(), environment, this.log, clock::now, this.loop::decide);
		this.measurement = new PoolMeasurement(new ProcessFigures(Path.of("/proc")), this.listeners, this.generations);
		this.probe = new Probe(program.master().probe(), this.log, this.loop::post,
				() -> this.measurement.withListeners(this.loop.snapshot()));
		this.upgrade = new MasterUpgrade(posix, program, environment, this.preparations,
				new MasterUpgrade.Parts(this.ground, this.generations, this.listeners, this.processes,
						this.eventSources, this.commands, this.probe, this.cacheEffects, this.meters),
				this.log, this.loop);
		this.loop.performWith(performer(environment));
		this.loop.afterEach((now) -> {
			this.ground.keepUp(now);
			this.meters.keepUp(now);
			this.hooks.keepUp(now);
		});
		this.loop.wakeAt(() -> Stream.of(this.meters.due(), this.hooks.due()).min(Instant::compareTo).orElseThrow());
		this.loop.restartWith(this::restart);
	}

	/**
	 * Receives what workers send. Messages about meters go to the exchange, the others to
	 * the arbiter.
	 */
	private WorkerProcesses.MainThread receiver() {
		return new WorkerProcesses.MainThread() {

			@Override
			public void post(Runnable task) {
				Master.this.loop.post(task);
			}

			@Override
			public void decide(Event event) {
				if (event instanceof Event.Received received
						&& received.message() instanceof Message.OfMeters message) {
					Master.this.meters.received(received.id(), message);
				}
				else {
					Master.this.loop.decide(event);
				}
			}

		};
	}

	private EffectPerformer performer(List<String> environment) {
		WorkerLauncher launcher = new WorkerLauncher(this.ground, this.generations, this.listeners, this.caches,
				this.processes, environment, this.loop::decide);
		ListenerEffects listenerEffects = new ListenerEffects(this.listeners, this.log, this.loop::decide);
		SharedFiles sharedFiles = new SharedFiles(Path.of("/proc"), this.posix.pid(), workDir(this.program),
				Path.of(Objects.requireNonNullElse(this.program.master().log().file(), "")),
				(line) -> this.log.write(Effect.Level.WARN, line));
		return new EffectPerformer(
				new EffectPerformer.Parts(this.ground, launcher, this.processes, this.preparations, this.generations,
						this.listeners, listenerEffects, this.cacheEffects, this.commands, sharedFiles, this.upgrade,
						this.background, this.measurement, this.meters, this.hooks),
				environment, this.log, this.loop::decide, this::exit, this::runWithoutPool);
	}

	private static Path workDir(LaunchPlan program) {
		return Path.of(Command.text(program.master().workDir()));
	}

	/**
	 * Create the master of a pool that has no worker yet.
	 * @param end ends the process with an exit code
	 */
	static Master starting(Posix posix, LaunchPlan plan, IntConsumer end) throws IOException {
		MonotonicClock clock = new MonotonicClock();
		Terminal terminal = new Terminal(posix);
		Arbiter arbiter = new Arbiter(new ArbiterConfig(posix.pid(), clock.now(), Generations.spec(plan),
				terminal.exists(), Runtime.getRuntime().availableProcessors(), secret()), random());
		Master master = new Master(posix, plan, clock, arbiter, terminal, end);
		master.generations.add(Generations.FIRST, plan);
		master.ground.add(Generations.FIRST, plan);
		master.listeners.inherit(plan);
		return master;
	}

	/**
	 * Create the master that goes on after another one in the same process.
	 * @param end ends the process with an exit code
	 */
	static Master resuming(Posix posix, HandOver state, IntConsumer end) throws IOException {
		Terminal terminal = new Terminal(posix);
		Map<Integer, PoolSpec> specs = new HashMap<>();
		state.plans().forEach((generation, plan) -> specs.put(generation, Generations.spec(plan)));
		ArbiterConfig config = new ArbiterConfig(posix.pid(), state.arbiter().pool().master().startedAt(),
				Generations.spec(state.program()), terminal.exists(), Runtime.getRuntime().availableProcessors(),
				state.arbiter().secret());
		Arbiter arbiter = Arbiter.restore(state.arbiter(), config, specs, random());
		Master master = new Master(posix, state.program(), new MonotonicClock(state.arbiter().now()), arbiter, terminal,
				end);
		String lastGood = state.lastGood();
		master.generations.restore(state.plans(), (lastGood != null) ? Path.of(lastGood) : null);
		state.plans().forEach(master.ground::add);
		master.listeners.inherit(state.sockets());
		master.meters.restore(state.meters());
		master.processes.adopt(state.connections());
		return master;
	}

	private static Random random() {
		return new Random(new SecureRandom().nextLong());
	}

	/** Return a secret of 256 bits. */
	private static String secret() {
		byte[] secret = new byte[32];
		new SecureRandom().nextBytes(secret);
		return Base64.getEncoder().encodeToString(secret);
	}

	/**
	 * Run the master until it is told to stop.
	 * @param arguments the path of the launch plan, or of what another master has left
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (arguments.length == 1) {
			Master master = new MasterStart(Path.of(arguments[0]), JnrPosix::new, System::exit).master();
			if (master != null) {
				master.start();
			}
		}
		else if (arguments.length == 2 && arguments[0].equals(MasterCommand.RESUME)) {
			Path file = Path.of(arguments[1]);
			HandOver state = HandOverFile.read(file);
			Files.deleteIfExists(file);
			resuming(posix(), state, System::exit).run(new Event.Resumed());
		}
		else if (arguments.length == 2 && arguments[0].equals(MasterCommand.CHECK)) {
			HandOverFile.read(Path.of(arguments[1]));
			new JnrPosix().pid();
		}
		else {
			throw new IllegalArgumentException("the master is started by the application, not by hand");
		}
	}

	/** The application has loaded the library before; its file may have gone since. */
	private static Posix posix() {
		try {
			return new JnrPosix();
		}
		catch (LinkageError ex) {
			new LogWriter((int) ProcessHandle.current().pid(), "", MasterLog.TEXT).write(Effect.Level.ERROR,
					"the master cannot start, because the native library cannot be loaded: " + ex.getMessage());
			throw ex;
		}
	}

	/** Start the pool and run until interrupted. */
	void start() throws InterruptedException {
		for (ListenAddress address : this.program.bindings().addresses()) {
			logListener(address.name(), this.listeners.listener(address));
		}
		this.log.write(Effect.Level.INFO,
				"starting " + LogFormat.workers(this.program.settings().workers().orElse(this.program.autoWorkers()))
						+ " of class " + this.program.settings().workerClass().configName());
		logNotices(this.program);
		this.eventSources.tellOfIgnored();
		this.pidFiles.write(this.log);
		this.portFiles.write(this.listeners, this.program.bindings().addresses(), this.log);
		run(new Event.Started());
	}

	/** Run until interrupted. */
	void run(Event first) throws InterruptedException {
		this.eventSources.begin();
		new ResidentThread("unicorn-reaper", this.loop::fault).begin(this::reap);
		this.generations.plans().values().forEach(this::watchJar);
		this.loop.runSafely(() -> this.loop.decide(first));
		this.loop.runSafely(() -> this.cacheEffects.checkArchive(this.log));
		this.commands.listen(System.getProperty(MasterCommand.SOCKET_PROPERTY), workDir(this.program));
		this.probe.listen();
		try {
			this.loop.run();
		}
		finally {
			this.commands.close();
			this.probe.close();
			this.log.close();
		}
	}

	private void exit(int code) {
		close();
		this.end.accept(code);
	}

	private void close() {
		this.eventSources.close();
		this.commands.close();
		this.probe.close();
		this.preparations.close();
		this.hooks.close();
		this.cacheEffects.close();
		this.listeners.closeAll();
		Path group = GroupDirectory.of(workDir(this.program));
		if (group != null) {
			var unused = GroupDirectory.remove(group);
		}
		this.pidFiles.delete();
		this.portFiles.delete();
		this.log.flush(LAST_LINES);
	}

	private void runWithoutPool(String obstacle) {
		close();
		try {
			MasterStart.runWithoutPool(this.posix, this.program, obstacle);
		}
		catch (PosixException | RuntimeException | Error ex) {
			// Whatever it is, a master without workers must not stay behind.
			this.log.write(Effect.Level.ERROR, "No worker pool: " + obstacle
					+ ". The application cannot be executed without a pool either: " + ex.getMessage());
			this.log.flush(LAST_LINES);
			this.end.accept(1);
		}
	}

	// Events

	/**
	 * Decide on a signal. The kernel sends HUP when the terminal of the pool is closed;
	 * that stops the pool, as it would stop any program, and does not reload it.
	 */
	private void signalled(ProcessSignal signal) {
		boolean closed = signal == ProcessSignal.HUP && this.terminal.wasClosed();
		this.loop.decide(new Event.Signalled(closed ? ProcessSignal.TERM : signal));
	}

	private void reportCache(Event.CacheEvent event) {
		this.cacheEffects.report(event);
	}

	/** Watch the jar as soon as one generation asks for it, and until the end. */
	private void watchJar(LaunchPlan plan) {
		String jar = plan.workers().command().jar();
		if (plan.settings().reloadOnChange() && jar != null && !this.jarWatched) {
			this.jarWatched = true;
			JarWatch.start(Path.of(Command.text(jar)), () -> this.loop.post(new Event.JarChanged()), this.background);
		}
	}

	private void reap() throws InterruptedException {
		while (true) {
			this.posix.awaitExit((exit) -> this.loop.post(() -> exited(exit)));
		}
	}

	/** Execute this program again: the heap is full, or its threads fail. */
	private void restart() {
		this.reserve = new byte[0];
		this.log.write(Effect.Level.ERROR,
				"too many faults within a minute: the master is executed again in its process, workers serve on");
		String obstacle = canStartThreads() ? this.upgrade.restart() : "no threads can be started";
		if (obstacle != null) {
			this.reserve = new byte[RESERVE_BYTES];
			this.log.write(Effect.Level.ERROR, "the master could not be executed again: " + obstacle);
		}
	}

	/** Whether a JVM could start: without threads it ends, and the pool with it. */
	private static boolean canStartThreads() {
		CountDownLatch end = new CountDownLatch(1);
		try {
			for (int i = 0; i < THREADS_OF_A_JVM; i++) {
				EventSources.daemon("unicorn-probe", () -> {
					try {
						end.await();
					}
					catch (InterruptedException ex) {
						// It ends in any case.
					}
				});
			}
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
		finally {
			end.countDown();
		}
	}

	private void exited(Exit exit) {
		Preparations.Result result = this.preparations.exited(exit.pid(), exit.code(), exit.signal());
		if (result != null) {
			if (result.generation() == Preparations.MASTER) {
				this.upgrade.prepared(result);
			}
			else {
				prepared(result);
			}
			return;
		}
		if (this.trainer.exited(exit) || this.hooks.exited(exit)) {
			return;
		}
		this.processes.exited(exit).ifPresent((worker) -> {
			this.meters.exited(worker);
			this.caches.exited(worker, exit.signal());
			this.loop.decide(new Event.Exited(worker, exit.code(), exit.signal(), this.oomKills.sinceLast()));
		});
	}

	private void prepared(Preparations.Result result) {
		LaunchPlan found = result.plan();
		if (found == null) {
			result.output().forEach((line) -> this.log.write(Effect.Level.ERROR, "| " + line));
			this.loop.decide(new Event.PreparationFailed(result.generation(), result.cause(), result.output()));
			return;
		}
		LaunchPlan plan = found.withCommandOf(this.program);
		try {
			this.listeners.open(plan.bindings().addresses()).forEach(this::logListener);
		}
		catch (PosixException | RuntimeException ex) {
			this.loop.decide(
					new Event.PreparationFailed(result.generation(), "cannot listen: " + ex.getMessage(), List.of()));
			return;
		}
		this.generations.add(result.generation(), plan);
		this.ground.add(result.generation(), plan);
		logNotices(plan);
		if (!Objects.equals(plan.master().probe(), this.program.master().probe())) {
			this.log.write(Effect.Level.INFO, "unicorn.probe.address or unicorn.health.min-ready has changed; "
					+ "for probes that takes effect when the master is replaced (USR2) or started again");
		}
		watchJar(plan);
		this.loop.decide(new Event.Prepared(result.generation(), Generations.spec(plan)));
	}

	// Log

	private void logListener(String name, Listener listener) {
		this.log.write(Effect.Level.INFO, "listening on " + AddressText.of(listener.address()) + " (" + name + ")");
	}

	private void logNotices(LaunchPlan plan) {
		plan.notices().forEach((notice) -> this.log.write(Effect.Level.INFO, notice));
	}

}
