package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.unicorn.launch.Generation;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.Exit;
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

	private final MonotonicClock clock = new MonotonicClock();

	private final OomKills oomKills = new OomKills();

	private final Posix posix;

	/** How the workers of each generation are launched. */
	private final Map<Integer, LaunchPlan> plans = new HashMap<>();

	private final List<String> environment = Command.ownEnvironment();

	private final Sockets sockets;

	private final Preparations preparations;

	private final Housekeeping housekeeping;

	/** What served before, and would again if it had to. */
	private @Nullable Generation lastGood;

	private final LogQueue log;

	private final PidFiles pidFiles;

	private final Arbiter arbiter;

	private final WorkerProcesses processes;

	private final ControlPoller poller;

	private final Terminal terminal;

	private boolean jarWatched;

	private Master(Posix posix, LaunchPlan plan) throws IOException {
		this.posix = posix;
		this.plans.put(FIRST, plan);
		String logFile = plan.logFile();
		this.log = new LogQueue(
				new MasterLog(posix.pid(), plan.application(), (logFile != null) ? Path.of(logFile) : null));
		this.pidFiles = new PidFiles(plan.pidFiles(), posix.pid());
		this.poller = posix.poller();
		this.sockets = new Sockets(posix);
		this.sockets.inherit(plan);
		Path workDir = Path.of(Command.text(plan.master().workDir()));
		this.preparations = new Preparations(posix, workDir);
		this.housekeeping = new Housekeeping(workDir, posix.pid(), this.log);
		this.processes = new WorkerProcesses(posix, this.poller, (event) -> this.inbox.add(() -> decide(event)));
		this.terminal = new Terminal(posix);
		this.arbiter = new Arbiter(new ArbiterConfig(posix.pid(), this.clock.now(), spec(plan), this.terminal.exists()),
				new Random(new SecureRandom().nextLong()));
	}

	/**
	 * Run the master until it is told to stop.
	 * @param arguments the path of the launch plan
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (arguments.length != 1) {
			throw new IllegalArgumentException("the master is started by the application, not by hand");
		}
		new Master(new JnrPosix(), LaunchPlanFile.take(Path.of(arguments[0]))).run();
	}

	private void run() throws IOException, InterruptedException {
		SignalTrap.install((signal) -> this.inbox.add(() -> signalled(signal)), this.log);
		announce(plan(FIRST));
		this.pidFiles.write(this.log);
		daemon("unicorn-reaper", this::reap);
		daemon("unicorn-control", this::read);
		watchJar(plan(FIRST));
		this.housekeeping.keep(this.plans.values(), null);
		runSafely(() -> decide(new Event.Started()));
		while (true) {
			Runnable next = this.inbox.poll(this.clock.nanosUntil(this.arbiter.due()), TimeUnit.NANOSECONDS);
			runSafely((next != null) ? next : () -> decide(new Event.Tick()));
		}
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
		return new PoolSpec(plan.settings(), plan.autoWorkers(), plan.exclusiveFlags(), addresses, code);
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
		else if (effect instanceof Effect.Prepare || effect instanceof Effect.CancelPreparation
				|| effect instanceof Effect.Forget) {
			performOnGeneration(effect);
		}
		else if (effect instanceof Effect.Send send) {
			this.processes.send(send);
		}
		else if (effect instanceof Effect.Kill kill) {
			if (kill.signal() == ProcessSignal.QUIT) {
				// The line that announces a thread dump stands above it.
				this.log.flush(LINE);
			}
			this.processes.kill(kill);
		}
		else if (effect instanceof Effect.RefuseNew || effect instanceof Effect.CountWaiting
				|| effect instanceof Effect.CloseListeners) {
			performOnSockets(effect);
		}
		else if (effect instanceof Effect.ReopenLog) {
			this.log.reopen();
		}
		else if (effect instanceof Effect.Exit exit) {
			this.poller.close();
			this.pidFiles.delete();
			this.housekeeping.leave();
			this.log.flush(LAST_WORDS);
			System.exit(exit.code());
		}
	}

	private void performOnGeneration(Effect effect) {
		if (effect instanceof Effect.Prepare prepare) {
			try {
				this.preparations.start(prepare.generation(), newestPlan(), this.environment);
			}
			catch (PosixException ex) {
				decide(new Event.PreparationFailed(prepare.generation(),
						"the new code could not be started: " + ex.getMessage(), List.of()));
			}
		}
		else if (effect instanceof Effect.CancelPreparation cancel) {
			this.preparations.cancel(cancel.generation());
		}
		else if (effect instanceof Effect.Forget forget) {
			forget(forget.generation());
		}
	}

	private void forget(int generation) {
		LaunchPlan plan = this.plans.remove(generation);
		this.sockets.retain(addresses());
		boolean hasServed = this.plans.keySet().stream().allMatch((other) -> other > generation);
		if (plan != null && hasServed) {
			this.lastGood = plan.generation();
		}
		this.housekeeping.keep(this.plans.values(), this.lastGood);
	}

	/** The plan of whatever is in force, or on its way to it. */
	private LaunchPlan newestPlan() {
		return plan(Collections.max(this.plans.keySet()));
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
		LaunchPlan plan = found.withCommandOf(newestPlan());
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
			Command command = WorkerCommand.of(plan, this.environment, spawn.index(), spawn.first(), spawn.exclusive());
			decide(new Event.Spawned(spawn.id(), this.processes.spawn(spawn.id(), command, listeners)));
		}
		catch (PosixException | RuntimeException ex) {
			decide(new Event.SpawnFailed(spawn.id(), String.valueOf(ex.getMessage())));
		}
	}

	private void reap() {
		try {
			while (true) {
				Exit exit = this.posix.awaitExit();
				this.inbox.add(() -> exited(exit));
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
			prepared(result);
			return;
		}
		decide(new Event.Exited(this.processes.exited(exit), exit.code(), exit.signal(), this.oomKills.sinceLast()));
	}

	private void read() {
		try {
			this.poller.run();
		}
		catch (IOException ex) {
			this.log.fault("workers cannot be heard any more", ex);
		}
	}

	private static void daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

}
