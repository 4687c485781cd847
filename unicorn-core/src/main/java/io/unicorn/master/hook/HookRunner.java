package io.unicorn.master.hook;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.unicorn.launch.settings.Hook;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.log.LogQueue;
import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.OutputPipe;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the commands of hooks, one after another. Each is a shell in a process group of
 * its own, which is killed when its time is over; what it prints is logged. Nothing here
 * waits for a command: the loop of the master comes by every {@link #PACE} while one
 * runs. Used by the master's main thread alone.
 */
public final class HookRunner {

	/** Commands that wait; more are left out. */
	static final int MOST_WAITING = 100;

	private static final Duration PACE = Duration.ofMillis(20);

	private static final int KILL = ProcessSignal.KILL.number();

	/** The first line, so that the shell counts the lines of the command from 1. */
	private static final String OUTPUT_TO_PIPE = "exec >&3 2>&1 3>&-; ";

	private final Posix posix;

	private final String application;

	private final List<String> environment;

	private final LogQueue log;

	private final Supplier<Instant> clock;

	private final Consumer<Event> events;

	private final Deque<Effect.RunHook> waiting = new ArrayDeque<>();

	private @Nullable Running running;

	/** When those that {@code on-exit} waits for are given up. */
	private Instant lastCall = Instant.MAX;

	/** How many were left out since one has run. */
	private int leftOut;

	private static final class Running {

		final Effect.RunHook hook;

		final int pid;

		final HookOutput output;

		final Instant deadline;

		/** Why it was killed; empty if it was not. */
		String killed = "";

		Running(Effect.RunHook hook, int pid, HookOutput output, Instant deadline) {
			this.hook = hook;
			this.pid = pid;
			this.output = output;
			this.deadline = deadline;
		}

	}

	/**
	 * Create.
	 * @param application name of the application; empty if it has none
	 * @param environment the environment of workers, in byte form
	 * @param events receives the end of each command
	 */
	public HookRunner(Posix posix, String application, List<String> environment, LogQueue log, Supplier<Instant> clock,
			Consumer<Event> events) {
		this.posix = posix;
		this.application = application;
		this.environment = environment;
		this.log = log;
		this.clock = clock;
		this.events = events;
	}

	/** Run a command when those before it have ended. */
	public void run(Effect.RunHook hook) {
		boolean last = hook.hook() == Hook.ON_EXIT;
		if (!last && this.waiting.size() >= MOST_WAITING) {
			if (this.leftOut++ == 0) {
				warn(hook.hook(), "is left out, because " + MOST_WAITING + " hooks wait to be run");
			}
			this.events.accept(new Event.HookEnded(hook.hook()));
			return;
		}
		if (last) {
			this.lastCall = this.clock.get().plus(hook.timeout());
		}
		this.waiting.add(hook);
		beginNext();
	}

	private void beginNext() {
		while (this.running == null && !this.waiting.isEmpty()) {
			Effect.RunHook next = this.waiting.remove();
			try {
				this.running = start(next);
				this.leftOut = 0;
			}
			catch (PosixException | RuntimeException ex) {
				warn(next.hook(), "could not be run: " + ex.getMessage());
				this.events.accept(new Event.HookEnded(next.hook()));
			}
		}
	}

	private Running start(Effect.RunHook hook) throws PosixException {
		List<String> variables = new ArrayList<>(this.environment);
		add("UNICORN_HOOK", hook.hook().configName(), variables);
		add("UNICORN_APPLICATION", this.application, variables);
		add("UNICORN_MASTER_PID", Integer.toString(this.posix.pid()), variables);
		hook.facts().forEach((name, value) -> add(name, value, variables));
		Command command = new Command("/bin/sh", List.of("sh", "-c", OUTPUT_TO_PIPE + Command.bytes(hook.command())),
				variables);
		OutputPipe pipe = this.posix.outputPipe();
		try {
			int pid = this.posix.spawnGroup(command, pipe.writer());
			HookOutput output = new HookOutput(pipe.reader(),
					(line) -> this.log.write(Level.INFO, hook.hook().configName() + ": " + line));
			return new Running(hook, pid, output, this.clock.get().plus(hook.timeout()));
		}
		catch (PosixException | RuntimeException ex) {
			closeQuietly(pipe);
			throw ex;
		}
		finally {
			this.posix.close(pipe.writer());
		}
	}

	private static void add(String name, String value, List<String> variables) {
		variables.removeIf((variable) -> variable.startsWith(name + "="));
		variables.add(name + "=" + Command.bytes(value));
	}

	private static void closeQuietly(OutputPipe pipe) {
		try {
			pipe.close();
		}
		catch (IOException ex) {
			// Nothing was read from it.
		}
	}

	/** Read what the command that runs has printed, and kill one whose time is over. */
	public void keepUp(Instant now) {
		Running current = this.running;
		if (current == null) {
			return;
		}
		try {
			current.output.read();
		}
		catch (IOException ex) {
			// It is read again, and closed when the command ends.
		}
		boolean late = !now.isBefore(this.lastCall);
		if (late) {
			dropAllButLast();
		}
		if (!now.isBefore(current.deadline)) {
			kill(current, "did not end within " + LogFormat.rough(current.hook.timeout()) + " and was killed");
		}
		else if (late && current.hook.hook() != Hook.ON_EXIT) {
			kill(current, "was killed, because the pool has stopped");
		}
	}

	private void kill(Running late, String why) {
		if (late.killed.isEmpty()) {
			late.killed = why;
			this.posix.killGroup(late.pid, KILL);
		}
	}

	/** The time that {@code on-exit} waits for those before it is over. */
	private void dropAllButLast() {
		while (this.waiting.size() > 1) {
			Effect.RunHook dropped = this.waiting.remove();
			warn(dropped.hook(), "is left out, because the pool has stopped");
			this.events.accept(new Event.HookEnded(dropped.hook()));
		}
	}

	/** Return when {@link #keepUp} has something to do. */
	public Instant due() {
		return (this.running != null) ? this.clock.get().plus(PACE) : Instant.MAX;
	}

	/**
	 * Take the end of a process, if it was a command, and begin the next one.
	 */
	public boolean exited(Exit exit) {
		Running ended = this.running;
		if (ended == null || ended.pid != exit.pid()) {
			return false;
		}
		this.running = null;
		try {
			ended.output.close();
		}
		catch (IOException ex) {
			// The rest of its output is lost.
		}
		if (!ended.killed.isEmpty()) {
			warn(ended.hook.hook(), ended.killed);
		}
		else if (exit.signal() != 0) {
			warn(ended.hook.hook(), "was killed by " + ProcessSignal.describe(exit.signal()));
		}
		else if (exit.code() != 0) {
			warn(ended.hook.hook(), "failed with exit status " + exit.code());
		}
		this.events.accept(new Event.HookEnded(ended.hook.hook()));
		beginNext();
		return true;
	}

	/** Kill the command that runs: the master ends. */
	public void close() {
		if (this.running != null) {
			this.posix.killGroup(this.running.pid, KILL);
			warn(this.running.hook.hook(), "is killed, because the master ends");
		}
		if (!this.waiting.isEmpty()) {
			this.log.write(Level.WARN,
					LogFormat.count(this.waiting.size(), "hook") + " left out, because the master ends");
			this.waiting.clear();
		}
	}

	private void warn(Hook hook, String what) {
		this.log.write(Level.WARN, "hook " + hook.configName() + " " + what);
	}

}
