package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.Exit;
import io.unicorn.posix.JnrPosix;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * The master process. Everything that happens, happens on the main thread: other threads
 * only put what they see into a queue. The {@link Arbiter} decides, this class acts.
 */
public final class Master {

	/** How long the end of the master waits for its last lines to be written. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	/** How long to wait for the lines so far to be written. */
	private static final Duration LINE = Duration.ofMillis(100);

	private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

	private final MonotonicClock clock = new MonotonicClock();

	private final OomKills oomKills = new OomKills();

	private final Posix posix;

	private final LaunchPlan plan;

	private final LogQueue log;

	private final PidFiles pidFiles;

	private final Arbiter arbiter;

	private final WorkerProcesses processes;

	private final ControlPoller poller;

	private final Terminal terminal;

	private Master(Posix posix, LaunchPlan plan) throws IOException {
		this.posix = posix;
		this.plan = plan;
		String logFile = plan.logFile();
		this.log = new LogQueue(
				new MasterLog(posix.pid(), plan.application(), (logFile != null) ? Path.of(logFile) : null));
		this.pidFiles = new PidFiles(plan.pidFiles(), posix.pid());
		this.poller = posix.poller();
		this.processes = new WorkerProcesses(posix, this.poller, plan, Command.ownEnvironment(),
				(event) -> this.inbox.add(() -> decide(event)));
		this.terminal = new Terminal(posix);
		this.arbiter = new Arbiter(new ArbiterConfig(posix.pid(), this.clock.now(), plan.settings(), plan.autoWorkers(),
				this.terminal.exists(), plan.exclusiveFlags()), new Random(new SecureRandom().nextLong()));
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
		announce();
		this.pidFiles.write(this.log);
		daemon("unicorn-reaper", this::reap);
		daemon("unicorn-control", this::read);
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

	private void announce() throws PosixException {
		for (var listener : this.plan.listeners().entrySet()) {
			Listener inherited = this.posix.inherited(listener.getValue());
			this.log.write(Effect.Level.INFO,
					"listening on " + AddressText.of(inherited.address()) + " (" + listener.getKey() + ")");
		}
		this.log.write(Effect.Level.INFO,
				"starting " + Phrases.workers(this.plan.settings().workers().orElse(this.plan.autoWorkers()))
						+ " of class " + this.plan.settings().workerClass().configName());
		this.plan.notices().forEach((notice) -> this.log.write(Effect.Level.INFO, notice));
	}

	private void decide(Event event) {
		this.arbiter.on(event, this.clock.now()).forEach(this::performSafely);
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
		else if (effect instanceof Effect.CloseListeners) {
			this.plan.listeners().values().forEach(this.posix::close);
		}
		else if (effect instanceof Effect.ReopenLog) {
			this.log.reopen();
		}
		else if (effect instanceof Effect.Exit exit) {
			this.poller.close();
			this.pidFiles.delete();
			this.log.flush(LAST_WORDS);
			System.exit(exit.code());
		}
	}

	private void spawn(Effect.Spawn spawn) {
		// The result is told before anything that the worker itself may say.
		try {
			decide(new Event.Spawned(spawn.id(), this.processes.spawn(spawn)));
		}
		catch (PosixException | RuntimeException ex) {
			decide(new Event.SpawnFailed(spawn.id(), String.valueOf(ex.getMessage())));
		}
	}

	private void reap() {
		try {
			while (true) {
				Exit exit = this.posix.awaitExit();
				this.inbox.add(() -> decide(new Event.Exited(this.processes.exited(exit), exit.code(), exit.signal(),
						this.oomKills.sinceLast())));
			}
		}
		catch (InterruptedException ex) {
			// The master ends.
		}
		catch (RuntimeException ex) {
			this.log.fault("exits of workers cannot be noticed any more", ex);
		}
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
