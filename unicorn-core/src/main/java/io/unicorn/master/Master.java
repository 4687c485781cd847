package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.unicorn.launch.ClassDataCache;
import io.unicorn.launch.ConnectionBoardFile;
import io.unicorn.launch.FirstWorker;
import io.unicorn.launch.Forecast;
import io.unicorn.launch.Generation;
import io.unicorn.launch.JavaProgram;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.ExitHold;
import io.unicorn.posix.JnrPosix;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The master process. Everything that happens, happens on the main thread: other threads
 * only put what they see into a queue. The {@link Arbiter} decides, this class acts.
 */
public final class Master {

	/** How long the end of the master waits for its last lines to be written. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private static final int FIRST = 1;

	/** How long to wait for the lines so far to be written. */
	private static final Duration LINE = Duration.ofMillis(100);

	private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

	/** What the arbiter is told next; the first is what it is told now. */
	private final Deque<Event> events = new ArrayDeque<>();

	private final MonotonicClock clock;

	private final OomKills oomKills = new OomKills();

	private final Posix posix;

	/** How the workers of each generation are launched. */
	private final Map<Integer, LaunchPlan> plans = new HashMap<>();

	private final List<String> environment = MasterCommand.environmentOfWorkers(Command.ownEnvironment());

	private final Sockets sockets;

	private final Preparations preparations;

	private final Caches caches;

	private final Trainer trainer;

	private final Archive archive;

	private final Housekeeping housekeeping;

	/** What served before, and would again if it had to. */
	private @Nullable Path lastGood;

	private final LogQueue log;

	private final PidFiles pidFiles;

	private final Arbiter arbiter;

	private final WorkerProcesses processes;

	private final Hearing hearing;

	/** What the master runs from, and what roll-outs begin with. */
	private final LaunchPlan program;

	/** What the master is to run from next, while that is being tried. */
	private @Nullable LaunchPlan successor;

	private final Terminal terminal;

	private final Commands commands;

	/** Where the workers see each other's connections. */
	private final @Nullable Path connectionBoard;

	/** Who is there already when the first worker is to be started. */
	private @Nullable FirstWorker firstWorker;

	private boolean jarWatched;

	private Master(Posix posix, LaunchPlan program, MonotonicClock clock, Terminal terminal, Arbiter arbiter)
			throws IOException {
		this.posix = posix;
		this.program = program;
		this.clock = clock;
		this.terminal = terminal;
		this.arbiter = arbiter;
		String logFile = program.logFile();
		this.log = new LogQueue(
				new MasterLog(posix.pid(), program.application(), (logFile != null) ? Path.of(logFile) : null));
		this.pidFiles = new PidFiles(program.pidFiles(), posix.pid());
		this.hearing = new Hearing(posix, (signal) -> this.inbox.add(() -> signalled(signal)), this.log);
		this.sockets = new Sockets(posix);
		Path workDir = Path.of(Command.text(program.master().workDir()));
		BackgroundProcesses background = new BackgroundProcesses(posix, System::nanoTime);
		this.preparations = new Preparations(posix, background, workDir);
		this.caches = new Caches(Path.of("/proc"), this::decide);
		this.trainer = new Trainer(posix, workDir, (event) -> this.inbox.add(() -> decide(event)));
		this.archive = new Archive(program, Command.ownArguments());
		this.housekeeping = new Housekeeping(workDir, posix.pid(), this.log);
		this.processes = new WorkerProcesses(posix, background, this.hearing.poller(),
				(event) -> this.inbox.add(() -> decide(event)));
		this.commands = new Commands(this.log, (event) -> this.inbox.add(() -> decide(event)));
		this.connectionBoard = connectionBoard(workDir);
	}

	private @Nullable Path connectionBoard(Path workDir) {
		try {
			return ConnectionBoardFile.create(WorkDir.open(workDir));
		}
		catch (IOException ex) {
			this.log.write(Effect.Level.WARN, "workers cannot see how many connections the others have, so many that "
					+ "come at once may meet one worker: " + ex);
			return null;
		}
	}

	private static Master of(Posix posix, LaunchPlan plan, @Nullable FirstWorker firstWorker) throws IOException {
		MonotonicClock clock = new MonotonicClock();
		Terminal terminal = new Terminal(posix);
		Arbiter arbiter = new Arbiter(new ArbiterConfig(posix.pid(), clock.now(), spec(plan), terminal.exists()),
				new Random(new SecureRandom().nextLong()));
		Master master = new Master(posix, plan, clock, terminal, arbiter);
		master.plans.put(FIRST, plan);
		if (firstWorker != null) {
			// Before anybody waits for exits, and takes it for an orphan.
			posix.adopt(firstWorker.pid());
			master.firstWorker = firstWorker;
		}
		master.sockets.inherit(plan);
		return master;
	}

	/** Go on after another master. */
	private static Master of(Posix posix, HandOver state) throws IOException {
		Terminal terminal = new Terminal(posix);
		Map<Integer, PoolSpec> specs = new HashMap<>();
		state.plans().forEach((generation, plan) -> specs.put(generation, spec(plan)));
		ArbiterConfig config = new ArbiterConfig(posix.pid(), state.arbiter().pool().master().startedAt(),
				spec(state.program()), terminal.exists());
		Arbiter arbiter = Arbiter.restore(state.arbiter(), config, specs, new Random(new SecureRandom().nextLong()));
		Master master = new Master(posix, state.program(), new MonotonicClock(state.arbiter().now()), terminal,
				arbiter);
		master.plans.putAll(state.plans());
		master.lastGood = (state.lastGood() != null) ? Path.of(state.lastGood()) : null;
		master.sockets.inherit(state.sockets());
		master.processes.adopt(state.connections());
		return master;
	}

	/**
	 * Run the master until it is told to stop.
	 * @param arguments the path of the launch plan, perhaps with the first worker, or of
	 * what another master has left
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (arguments.length == 1) {
			of(new JnrPosix(), LaunchPlanFile.take(Path.of(arguments[0])), null).start();
		}
		else if (arguments.length == 3 && arguments[1].equals(MasterCommand.WORKER)) {
			of(new JnrPosix(), LaunchPlanFile.take(Path.of(arguments[0])), FirstWorker.parse(arguments[2])).start();
		}
		else if (arguments.length == 2 && arguments[0].equals(MasterCommand.RESUME)) {
			Path file = Path.of(arguments[1]);
			HandOver state = HandOverFile.read(file);
			Files.deleteIfExists(file);
			of(new JnrPosix(), state).run(new Event.Resumed());
		}
		else if (arguments.length == 2 && arguments[0].equals(MasterCommand.CHECK)) {
			HandOverFile.read(Path.of(arguments[1]));
			new JnrPosix().pid();
		}
		else {
			throw new IllegalArgumentException("the master is started by the application, not by hand");
		}
	}

	private void start() throws InterruptedException {
		announce(plan(FIRST));
		this.hearing.tellOfIgnored();
		this.pidFiles.write(this.log);
		run(new Event.Started());
	}

	private void run(Event first) throws InterruptedException {
		this.hearing.begin();
		Hearing.daemon("unicorn-reaper", this::reap);
		this.plans.values().forEach(this::watchJar);
		this.housekeeping.keep(this.plans.values(), this.lastGood);
		runSafely(() -> decide(first));
		runSafely(this::takeCareOfArchive);
		this.commands.listen(System.getProperty(MasterCommand.SOCKET_PROPERTY),
				Path.of(Command.text(this.program.master().workDir())));
		while (true) {
			Runnable next = this.inbox.poll(this.clock.nanosUntil(this.arbiter.due()), TimeUnit.NANOSECONDS);
			runSafely((next != null) ? next : () -> decide(new Event.Tick()));
		}
	}

	private void takeCareOfArchive() {
		if (this.archive.removeUnused(Path.of("/proc/self/maps"))) {
			this.log.write(Effect.Level.WARN, "the archive of the master's classes is dropped, because the JVM does "
					+ "not use it; the next master makes another one");
		}
		this.archive.wanted().ifPresent((cache) -> decide(new Event.ArchiveWanted(cache.key())));
	}

	/**
	 * A terminal that is closed sends HUP too. Nobody wants a pool to go on without it,
	 * as if it had been asked to reload.
	 */
	private void signalled(ProcessSignal signal) {
		boolean closed = signal == ProcessSignal.HUP && this.terminal.wasClosed();
		decide(new Event.Signalled(closed ? ProcessSignal.TERM : signal));
	}

	/** Once somebody wants to know of changes, they are reported for good. */
	private void watchJar(LaunchPlan plan) {
		String jar = plan.command().jar();
		if (plan.settings().reloadOnChange() && jar != null && !this.jarWatched) {
			this.jarWatched = true;
			JarWatch.start(Path.of(Command.text(jar)), () -> this.inbox.add(() -> decide(new Event.JarChanged())));
		}
	}

	private void announce(LaunchPlan plan) {
		for (ListenAddress address : plan.addresses()) {
			listening(address.name(), this.sockets.listener(address));
		}
		this.log.write(Effect.Level.INFO,
				"starting " + Phrases.workers(plan.settings().workers().orElse(plan.autoWorkers())) + " of class "
						+ plan.settings().workerClass().configName());
		notices(plan);
	}

	private void listening(String name, Listener listener) {
		this.log.write(Effect.Level.INFO, "listening on " + AddressText.of(listener.address()) + " (" + name + ")");
	}

	private void notices(LaunchPlan plan) {
		plan.notices().forEach((notice) -> this.log.write(Effect.Level.INFO, notice));
	}

	private LaunchPlan plan(int generation) {
		LaunchPlan plan = this.plans.get(generation);
		if (plan == null) {
			throw new IllegalStateException("there is no plan for generation " + generation);
		}
		return plan;
	}

	private static PoolSpec spec(LaunchPlan plan) {
		Set<String> addresses = plan.addresses().stream().map(ListenAddress::key).collect(Collectors.toSet());
		Generation generation = plan.generation();
		String code = (generation != null) ? generation.jar().getFileName() + " " + generation.id().substring(0, 8)
				: "what the command line names";
		return new PoolSpec(plan.settings(), plan.autoWorkers(), plan.exclusiveFlags(), addresses, code,
				Caches.key(plan));
	}

	/**
	 * Let the arbiter decide, and do what it wants. What becomes of that is an event
	 * again, which waits until all that was decided before is done: a worker must not be
	 * called off before it was started.
	 */
	private void decide(Event event) {
		this.events.add(event);
		if (this.events.size() > 1) {
			return;
		}
		while (!this.events.isEmpty()) {
			this.arbiter.on(this.events.element(), this.clock.now()).forEach(this::performSafely);
			this.events.remove();
		}
	}

	/** Nothing that goes wrong here may end the supervision. */
	private void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			this.log.fault("fault in the master; it goes on", ex);
		}
	}

	/** One effect that fails must not take the others with it. */
	private void performSafely(Effect effect) {
		runSafely(() -> perform(effect));
	}

	private void perform(Effect effect) {
		if (effect instanceof Effect.Tell tell) {
			this.log.write(tell.level(), tell.text());
		}
		else if (effect instanceof Effect.Spawn spawn) {
			spawn(spawn);
		}
		else if (effect instanceof Effect.Prepare || effect instanceof Effect.HastenPreparation
				|| effect instanceof Effect.CancelPreparation || effect instanceof Effect.Forget) {
			performOnGeneration(effect);
		}
		else if (effect instanceof Effect.Send send) {
			this.processes.send(send);
		}
		else if (effect instanceof Effect.Prioritize order) {
			this.processes.prioritize(order);
		}
		else if (effect instanceof Effect.Answer answer) {
			this.commands.answer(answer);
		}
		else if (effect instanceof Effect.Kill kill) {
			if (kill.signal() == ProcessSignal.QUIT) {
				// The line that announces a thread dump stands above it.
				this.log.flush(LINE);
			}
			this.processes.kill(kill);
		}
		else if (effect instanceof Effect.OfCache order) {
			performOnCache(order);
		}
		else if (effect instanceof Effect.RefuseNew || effect instanceof Effect.AdmitNew
				|| effect instanceof Effect.CountWaiting || effect instanceof Effect.CloseListeners) {
			performOnSockets(effect);
		}
		else if (effect instanceof Effect.Upgrade) {
			prepareUpgrade();
		}
		else if (effect instanceof Effect.CancelUpgrade) {
			this.preparations.cancel(Preparations.MASTER);
		}
		else if (effect instanceof Effect.ReopenLog) {
			this.log.reopen();
		}
		else if (effect instanceof Effect.Rehearse) {
			Rehearsal rehearsal = new Rehearsal(spec(this.program));
			Hearing.daemon("unicorn-rehearsal", () -> runSafely(rehearsal::perform));
		}
		else if (effect instanceof Effect.Exit exit) {
			if (exit.code() != 0) {
				forgetForecast();
			}
			this.hearing.close();
			this.commands.close();
			this.preparations.close();
			this.trainer.close();
			this.archive.close();
			this.pidFiles.delete();
			this.housekeeping.leave(this.connectionBoard);
			this.log.flush(LAST_WORDS);
			System.exit(exit.code());
		}
	}

	/** The next start is to find out everything itself. */
	private void forgetForecast() {
		try {
			new Forecast(WorkDir.open(Path.of(Command.text(this.program.master().workDir()))))
				.forget(this.program.command());
		}
		catch (IOException ex) {
			// Then there is none either.
		}
	}

	private void performOnGeneration(Effect effect) {
		if (effect instanceof Effect.Prepare prepare) {
			try {
				this.preparations.start(prepare.generation(), this.program, this.environment, prepare.settings());
			}
			catch (PosixException ex) {
				decide(new Event.PreparationFailed(prepare.generation(),
						"the new code could not be started: " + ex.getMessage(), List.of()));
			}
		}
		else if (effect instanceof Effect.HastenPreparation hasten) {
			this.preparations.hasten(hasten.generation());
		}
		else if (effect instanceof Effect.CancelPreparation cancel) {
			this.preparations.cancel(cancel.generation());
		}
		else if (effect instanceof Effect.Forget forget) {
			forget(forget.generation());
		}
	}

	private void performOnCache(Effect.OfCache effect) {
		if (effect instanceof Effect.InspectCache inspect) {
			this.processes.pid(inspect.id()).ifPresent((pid) -> this.caches.inspect(inspect.id(), pid));
		}
		else if (effect instanceof Effect.CancelTraining) {
			this.trainer.cancel();
		}
		else if (effect instanceof Effect.Train train) {
			LaunchPlan plan = plan(train.generation());
			ClassDataCache.of(plan)
				.ifPresent(
						(cache) -> decide(this.caches.exists(cache) ? new Event.CacheFound(cache.key()) : this.trainer
							.train(cache, (making) -> WorkerCommand.training(plan, this.environment, making))));
		}
		else if (effect instanceof Effect.MakeArchive) {
			this.archive.wanted()
				.ifPresent((cache) -> decide(this.caches.exists(cache) ? new Event.CacheFound(cache.key())
						: this.trainer.train(cache, (making) -> this.archive.making(making, this.environment))));
		}
	}

	private void forget(int generation) {
		LaunchPlan plan = this.plans.remove(generation);
		this.sockets.retain(addresses());
		boolean hasServed = this.plans.keySet().stream().allMatch((other) -> other > generation);
		if (plan != null && hasServed) {
			this.lastGood = (plan.generation() != null) ? plan.generation().directory() : null;
		}
		this.housekeeping.keep(this.plans.values(), this.lastGood);
	}

	private Set<String> addresses() {
		return this.plans.values()
			.stream()
			.flatMap((plan) -> plan.addresses().stream())
			.map(ListenAddress::key)
			.collect(Collectors.toSet());
	}

	private void performOnSockets(Effect effect) {
		if (effect instanceof Effect.RefuseNew refuse) {
			try {
				this.sockets.refuseNew(refuse.addresses());
			}
			catch (PosixException ex) {
				this.log.write(Effect.Level.WARN,
						"new connections cannot be kept away while the last ones are served: " + ex.getMessage());
			}
		}
		else if (effect instanceof Effect.AdmitNew admit) {
			try {
				this.sockets.admitNew(admit.addresses());
			}
			catch (PosixException ex) {
				this.log.write(Effect.Level.ERROR, "new connections are kept away on and on: " + ex.getMessage());
			}
		}
		else if (effect instanceof Effect.CountWaiting count) {
			try {
				decide(this.sockets.count(count.addresses()));
			}
			catch (PosixException ex) {
				this.log.write(Effect.Level.WARN, "waiting connections cannot be counted: " + ex.getMessage());
				decide(new Event.Waiting(0, 0, false));
			}
		}
		else if (effect instanceof Effect.CloseListeners) {
			this.sockets.retain(Set.of());
		}
	}

	private void prepared(Preparations.Result result) {
		LaunchPlan found = result.plan();
		if (found == null) {
			result.output().forEach((line) -> this.log.write(Effect.Level.ERROR, "| " + line));
			decide(new Event.PreparationFailed(result.generation(), result.cause(), result.output()));
			return;
		}
		LaunchPlan plan = found.withCommandOf(this.program);
		try {
			this.sockets.open(plan.addresses()).forEach(this::listening);
		}
		catch (PosixException | RuntimeException ex) {
			decide(new Event.PreparationFailed(result.generation(), "cannot listen: " + ex.getMessage(), List.of()));
			return;
		}
		this.plans.put(result.generation(), plan);
		this.housekeeping.keep(this.plans.values(), this.lastGood);
		notices(plan);
		watchJar(plan);
		decide(new Event.Prepared(result.generation(), spec(plan)));
	}

	private void spawn(Effect.Spawn spawn) {
		// The result is told before anything that the worker itself may say.
		try {
			LaunchPlan plan = plan(spawn.generation());
			int[] listeners = plan.addresses()
				.stream()
				.mapToInt((address) -> this.sockets.listener(address).fd())
				.toArray();
			List<String> leading = new ArrayList<>(
					spawn.exclusive() ? List.of() : this.caches.optionsFor(spawn.id(), plan));
			if (this.connectionBoard != null) {
				leading.add(ConnectionBoardFile.flag(this.connectionBoard));
			}
			Command command = WorkerCommand.of(plan, this.environment, spawn.index(), spawn.first(), spawn.exclusive(),
					leading);
			FirstWorker present = this.firstWorker;
			this.firstWorker = null;
			decide(new Event.Spawned(spawn.id(),
					(present != null) ? this.processes.adopt(spawn.id(), present) : this.processes.spawn(spawn.id(),
							command, Restraint.of(command, plan.settings().rollout()), listeners)));
		}
		catch (PosixException | RuntimeException ex) {
			decide(new Event.SpawnFailed(spawn.id(), String.valueOf(ex.getMessage())));
		}
	}

	private void reap() {
		try {
			while (true) {
				this.posix.awaitExit((exit) -> this.inbox.add(() -> exited(exit)));
			}
		}
		catch (InterruptedException ex) {
			// The master ends.
		}
		catch (RuntimeException ex) {
			this.log.fault("exits of workers cannot be noticed any more", ex);
		}
	}

	private void exited(Exit exit) {
		Preparations.Result result = this.preparations.exited(exit.pid(), exit.code(), exit.signal());
		if (result != null) {
			if (result.generation() == Preparations.MASTER) {
				upgradePrepared(result);
			}
			else {
				prepared(result);
			}
			return;
		}
		if (this.trainer.exited(exit)) {
			return;
		}
		long worker = this.processes.exited(exit);
		this.caches.exited(worker, exit.signal());
		decide(new Event.Exited(worker, exit.code(), exit.signal(), this.oomKills.sinceLast()));
	}

	// A new master in place of this one

	private void prepareUpgrade() {
		try {
			String java = JavaProgram.find(this.program.command().executable(), this.environment);
			this.preparations.start(Preparations.MASTER, (java != null) ? this.program.withJava(java) : this.program,
					this.environment, this.program.settings().rollout());
		}
		catch (PosixException ex) {
			decide(new Event.UpgradeFailed("it could not be started: " + ex.getMessage()));
		}
	}

	/** First comes how it is launched, then what it says of our state. */
	private void upgradePrepared(Preparations.Result result) {
		if (!result.cause().isEmpty()) {
			result.output().forEach((line) -> this.log.write(Effect.Level.ERROR, "| " + line));
			this.successor = null;
			decide(new Event.UpgradeFailed(result.cause()));
			return;
		}
		try {
			if (result.plan() != null) {
				this.successor = result.plan().withCommandOf(this.program);
				Path trial = stateFile("trial");
				HandOverFile.write(handOver(this.successor), trial);
				this.preparations.check(MasterCommand.checking(this.successor, trial, this.environment), trial);
			}
			else if (this.successor != null) {
				giveWay(this.successor);
			}
		}
		catch (IOException | IllegalStateException ex) {
			this.successor = null;
			decide(new Event.UpgradeFailed(String.valueOf(ex.getMessage())));
		}
	}

	private Path stateFile(String name) {
		return Path.of(Command.text(this.program.master().workDir())).resolve("state-" + this.posix.pid() + "-" + name);
	}

	private HandOver handOver(LaunchPlan successor) {
		ArbiterState state = this.arbiter.save(this.clock.now());
		if (state == null) {
			throw new IllegalStateException("something else has begun meanwhile");
		}
		return new HandOver(state, this.plans, successor, this.sockets.descriptors(), this.processes.handOver(),
				(this.lastGood != null) ? this.lastGood.toString() : null);
	}

	/**
	 * Become the new master. Everything that has happened until now is handled before;
	 * what happens from now on waits in the kernel.
	 */
	private void giveWay(LaunchPlan successor) throws IOException {
		Path file = stateFile("successor");
		ExitHold exits = this.posix.holdExits();
		try {
			this.hearing.stop();
			for (Runnable task = this.inbox.poll(); task != null; task = this.inbox.poll()) {
				runSafely(task);
			}
			HandOver state = handOver(successor);
			HandOverFile.write(state, file);
			Set<Integer> descriptors = new HashSet<>(state.sockets().values());
			state.connections()
				.stream()
				.map(HandOver.Connection::descriptor)
				.filter((descriptor) -> descriptor != HandOver.NONE)
				.forEach(descriptors::add);
			this.trainer.close();
			this.archive.close();
			this.log.flush(LAST_WORDS);
			this.posix.exec(MasterCommand.resuming(successor, file, this.environment), descriptors,
					MasterCommand.DEFERRED_SIGNALS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			// Only a failure leads here.
			Files.deleteIfExists(file);
			exits.release();
			this.hearing.beginAgain();
			this.processes.listen(this.hearing.poller());
		}
	}

}
