package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Short-lived processes that run the application, as it is now, up to the point where its
 * configuration is known, and write down how its workers are launched. What can go wrong
 * with new code or a new configuration goes wrong there. Used by the master's main thread
 * alone.
 */
final class Preparations {

	private static final int KILL = ProcessSignal.KILL.number();

	/**
	 * The result of a preparation.
	 *
	 * @param plan how workers are launched, or {@code null} if that is not known or was
	 * not asked for
	 * @param cause what went wrong; empty if nothing did
	 * @param output the last lines that were printed
	 */
	record Result(int generation, @Nullable LaunchPlan plan, String cause, List<String> output) {

	}

	private record Running(int generation, Path file, Path output, Kind kind) {

	}

	private enum Kind {

		/** Writes a launch plan. */
		PREPARATION,

		/** Only reads what is there. */
		CHECK

	}

	/** In place of a generation: it is about the master itself. */
	static final int MASTER = 0;

	private final Posix posix;

	private final BackgroundProcesses background;

	private final Path directory;

	private final Map<Integer, Running> byPid = new HashMap<>();

	Preparations(Posix posix, BackgroundProcesses background, Path directory) {
		this.posix = posix;
		this.background = background;
		this.directory = directory;
	}

	void start(int generation, LaunchPlan present, List<String> environment, RolloutSettings settings)
			throws PosixException {
		String name = this.posix.pid() + "-" + generation;
		Path plan = this.directory.resolve("plan-" + name);
		Path output = this.directory.resolve("output-" + name);
		Command command = WorkerCommand.preparing(present, environment, plan);
		int pid = this.posix.spawn(command, output);
		if (generation != MASTER) {
			this.background.enter(pid, Restraint.of(command, settings));
		}
		this.byPid.put(pid, new Running(generation, plan, output, Kind.PREPARATION));
	}

	/** Let what runs have its share of the processors. */
	void hasten(int generation) {
		this.byPid.forEach((pid, running) -> {
			if (running.generation() == generation) {
				this.background.leave(pid);
			}
		});
	}

	/**
	 * Let a new master see whether it could go on from a state.
	 * @param file the state
	 */
	void check(Command command, Path file) throws PosixException {
		Path output = this.directory.resolve("output-" + this.posix.pid() + "-check");
		int pid = this.posix.spawn(command, output);
		this.byPid.put(pid, new Running(MASTER, file, output, Kind.CHECK));
	}

	void cancel(int generation) {
		this.byPid.forEach((pid, running) -> {
			if (running.generation() == generation) {
				this.posix.kill(pid, KILL);
			}
		});
	}

	/**
	 * End what runs and remove its files: the master ends, and will not hear of the
	 * exits.
	 */
	void close() {
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
	@Nullable Result exited(int pid, int code, int signal) {
		Running running = this.byPid.remove(pid);
		if (running == null) {
			return null;
		}
		this.background.forget(pid);
		List<String> output = LastLines.read(running.output());
		try {
			if (code != 0) {
				String what = (running.kind() == Kind.CHECK) ? "the trial of the new master "
						: "the start of the new code ";
				return new Result(running.generation(), null, what + LastLines.failure(code, signal, output), output);
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
			// It is a private file in a private directory, and the next start removes it.
		}
	}

}
