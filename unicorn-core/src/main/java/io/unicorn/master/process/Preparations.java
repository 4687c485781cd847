package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Runs short-lived processes that start the application as it is now, write a launch plan
 * when its configuration is known, and end. New code or configuration that is broken
 * fails there and not in the master. Used by the master's main thread alone.
 */
public final class Preparations {

	private static final int KILL = ProcessSignal.KILL.number();

	/**
	 * The result of a preparation.
	 *
	 * @param plan how workers are launched, or {@code null} if that is not known or was
	 * not asked for
	 * @param cause what went wrong; empty if nothing did
	 * @param output the last lines that were printed
	 */
	public record Result(int generation, @Nullable LaunchPlan plan, String cause, List<String> output) {

	}

	private record Running(int generation, Path file, Path output, Kind kind) {

	}

	private enum Kind {

		/** Writes a launch plan. */
		PREPARATION,

		/** Only reads what is there. */
		CHECK

	}

	/** Stands for the master itself, in place of a generation. */
	public static final int MASTER = 0;

	private final Posix posix;

	private final Path directory;

	private final Map<Integer, Running> byPid = new HashMap<>();

	public Preparations(Posix posix, Path directory) {
		this.posix = posix;
		this.directory = directory;
	}

	public void start(int generation, LaunchPlan present, List<String> environment) throws PosixException {
		String name = this.posix.pid() + "-" + generation;
		Path plan = this.directory.resolve("plan-" + name);
		Path output = this.directory.resolve("output-" + name);
		Command command = WorkerCommand.preparing(present, environment, plan);
		int pid = this.posix.spawn(command, output);
		if (generation != MASTER) {
			this.posix.background(pid, CpuLimits.of(command).processors());
		}
		this.byPid.put(pid, new Running(generation, plan, output, Kind.PREPARATION));
	}

	/** Let a preparation compete for the processors again. */
	public void hasten(int generation) {
		this.byPid.forEach((pid, running) -> {
			if (running.generation() == generation) {
				this.posix.foreground(pid);
			}
		});
	}

	/**
	 * Start a new master that only reads a state, as a trial.
	 * @param file the state
	 */
	public void check(Command command, Path file) throws PosixException {
		Path output = this.directory.resolve("output-" + this.posix.pid() + "-check");
		int pid = this.posix.spawn(command, output);
		this.byPid.put(pid, new Running(MASTER, file, output, Kind.CHECK));
	}

	public void cancel(int generation) {
		this.byPid.forEach((pid, running) -> {
			if (running.generation() == generation) {
				this.posix.kill(pid, KILL);
			}
		});
	}

	/**
	 * Kill what runs and remove its files: the master ends, and will not be told of the
	 * exits.
	 */
	public void close() {
		this.byPid.forEach((pid, running) -> {
			this.posix.kill(pid, KILL);
			deleteQuietly(running.file());
			deleteQuietly(running.output());
		});
		this.byPid.clear();
	}

	/**
	 * Take the result of a process that has exited, if it was a preparation.
	 */
	public @Nullable Result exited(int pid, int code, int signal) {
		Running running = this.byPid.remove(pid);
		if (running == null) {
			return null;
		}
		List<String> output = LastLines.read(running.output());
		try {
			if (code != 0) {
				String what = (running.kind() == Kind.CHECK) ? "the trial of the new master "
						: "the start of the new code ";
				return new Result(running.generation(), null,
						what + LastLines.failure(code, signal, output, this.directory), output);
			}
			return (running.kind() == Kind.CHECK) ? new Result(MASTER, null, "", output)
					: new Result(running.generation(), LaunchPlanFile.take(running.file()), "", output);
		}
		catch (IOException ex) {
			return new Result(running.generation(), null,
					"the new code has ended without saying how its workers are launched; it may lack the starter",
					output);
		}
		finally {
			deleteQuietly(running.file());
			deleteQuietly(running.output());
		}
	}

	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// A later master removes it.
		}
	}

}
