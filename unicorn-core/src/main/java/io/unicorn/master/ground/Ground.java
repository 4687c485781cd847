package io.unicorn.master.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.unicorn.launch.plan.JavaProgram;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.command.Commands;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.log.LogQueue;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Checks before each start of a process what it needs on the disk, and makes it again or
 * looks it up again as the first start did: the work dir, the command socket, the working
 * directory, the JDK, the directory of temporary files and the code. Each loss is logged
 * once. Used by the master's main thread alone.
 */
public final class Ground {

	/** How long a deleted command socket goes unnoticed. */
	private static final Duration LOOK = Duration.ofMinutes(1);

	/** Programs that clean up by age leave what was used within the last day. */
	private static final Duration MARK = Duration.ofHours(12);

	private final Path workDir;

	private final Generations generations;

	private final Commands commands;

	private final List<String> environment;

	private final LogQueue log;

	private final Consumer<Event> events;

	private final WorkingDirectory workingDirectory;

	private final TemporaryDirectory temporaryDirectory;

	private final CodeFiles code;

	/** What is lost and was reported. */
	private final Set<String> reported = new HashSet<>();

	private LaunchPlan program;

	private Instant nextLook = Instant.MIN;

	private Instant nextMark = Instant.MIN;

	/**
	 * Create.
	 * @param program what the master runs from, and what roll-outs begin with
	 * @param environment the environment of workers, in byte form
	 * @param events is told of lost code; may be called on any thread
	 */
	public Ground(Posix posix, LaunchPlan program, List<String> environment, Generations generations, Commands commands,
			BackgroundThread background, LogQueue log, Consumer<Event> events) {
		this.workDir = Path.of(Command.text(program.master().workDir()));
		this.program = program;
		this.environment = environment;
		this.generations = generations;
		this.commands = commands;
		this.log = log;
		this.events = events;
		this.workingDirectory = new WorkingDirectory(posix, environment, this.workDir.resolve("empty"));
		this.temporaryDirectory = new TemporaryDirectory(this.workDir, this::tell);
		this.code = new CodeFiles(this.workDir, background, events);
	}

	/** Note which code a new generation has. */
	public void add(int generation, LaunchPlan plan) {
		this.code.add(generation, plan);
	}

	public void forget(int generation) {
		this.code.forget(generation);
	}

	/**
	 * Return how a worker of a generation is launched now, with everything in place but
	 * the code.
	 * @throws IOException if something is gone for good; the message says what
	 */
	public LaunchPlan forWorker(int generation) throws IOException {
		keepPlaces();
		tell(this.workingDirectory.restore());
		keepJava();
		return this.temporaryDirectory.check(this.generations.plan(generation));
	}

	/** Return whether the code of a generation is where its workers run it from. */
	public boolean hasCode(int generation) {
		return this.code.isThere(generation, this.generations.plan(generation));
	}

	/** Make the code of a generation again, and report the result as an event. */
	public void restoreCode(int generation) {
		this.code.restore(generation, this.generations.plan(generation));
	}

	/**
	 * Return what the master runs from and what a roll-out begins with, with everything
	 * in place to start from it as the user did.
	 * @throws IOException if something is gone for good; the message says what
	 */
	public LaunchPlan forProgram() throws IOException {
		keepPlaces();
		String restored = this.workingDirectory.restore();
		tell((restored != null) ? restored : this.workingDirectory.follow());
		keepJava();
		return this.temporaryDirectory.check(this.program);
	}

	/** Make the work dir and the command socket again if they were deleted. */
	public void keepPlaces() {
		String name = this.workDir.toString();
		if (!Files.isDirectory(this.workDir)) {
			try {
				WorkDir.open(this.workDir);
				tell("the private directory " + name + " was deleted; it is made again");
				this.reported.remove(name);
				this.generations.lease();
			}
			catch (IOException ex) {
				tellOnce(name, "the private directory " + name + " was deleted, and cannot be made again: " + ex);
			}
		}
		this.commands.keep();
	}

	/**
	 * Look now and then whether the work dir and the command socket are there, and mark
	 * the files in use, so that programs that clean up by age leave them.
	 */
	public void keepUp(Instant now) {
		if (now.isBefore(this.nextLook)) {
			return;
		}
		this.nextLook = now.plus(LOOK);
		keepPlaces();
		if (!now.isBefore(this.nextMark)) {
			// Marks them; the start has done so too.
			boolean started = this.nextMark.equals(Instant.MIN);
			this.nextMark = now.plus(MARK);
			if (!started) {
				this.generations.lease();
			}
		}
	}

	private void keepJava() throws IOException {
		keepJava(this.program.workers().java());
		for (LaunchPlan plan : this.generations.plans().values()) {
			keepJava(plan.workers().java());
		}
	}

	private void keepJava(String java) throws IOException {
		if (JavaProgram.exists(java)) {
			return;
		}
		String executable = this.program.workers().command().executable();
		String found = JavaProgram.find(executable, this.environment);
		if (found == null) {
			throw new IOException(Command.text(java) + " was deleted, and " + Command.text(executable)
					+ " names no other program; install a JDK there");
		}
		if (found.equals(java)) {
			return;
		}
		tell(Command.text(java) + " was deleted; processes start with what " + Command.text(executable) + " names now, "
				+ Command.text(found));
		if (this.program.workers().java().equals(java)) {
			this.program = this.program.withJava(found);
		}
		this.generations.plans().forEach((generation, plan) -> {
			if (plan.workers().java().equals(java)) {
				LaunchPlan changed = plan.withJava(found);
				this.generations.replace(generation, changed);
				this.events.accept(new Event.GenerationChanged(generation, Generations.spec(changed)));
			}
		});
	}

	private void tell(@Nullable String line) {
		if (line != null) {
			this.log.write(Level.WARN, line);
		}
	}

	private void tellOnce(String what, String line) {
		if (this.reported.add(what)) {
			tell(line);
		}
	}

}
