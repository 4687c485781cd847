package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.unicorn.boot.bootstrap.addresses.OpenListeners;
import io.unicorn.launch.cache.MasterArchive;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * Replaces this JVM by the master, with {@code execve}. The process id stays.
 */
final class MasterExec {

	private final WorkDir workDir;

	private final LaunchPlan plan;

	private final Posix posix;

	private final Consumer<StartStep> steps;

	/**
	 * Create an exec that has not begun.
	 * @param plan how workers are launched, without open sockets
	 * @param steps is told each step before it is done
	 */
	MasterExec(WorkDir workDir, LaunchPlan plan, Posix posix, Consumer<StartStep> steps) {
		this.workDir = workDir;
		this.plan = plan;
		this.posix = posix;
		this.steps = steps;
	}

	/**
	 * Write the launch plan to a file and execute the master's program. Does not return
	 * unless it fails.
	 * @param listeners the listeners by name
	 * @throws RuntimeException if that fails; the listeners are closed and the file is
	 * deleted then
	 */
	void begin(Map<String, Listener> listeners) {
		Path planFile = this.workDir.resolve("plan-" + this.posix.pid());
		Map<String, Integer> descriptors = new LinkedHashMap<>();
		listeners.forEach((name, listener) -> descriptors.put(name, listener.fd()));
		try {
			this.steps.accept(StartStep.PLAN_FILE);
			write(this.plan.withListeners(descriptors), planFile);
			this.steps.accept(StartStep.EXEC);
			exec(planFile, Set.copyOf(descriptors.values()));
		}
		catch (Throwable ex) {
			OpenListeners.close(this.plan.bindings().addresses(), listeners, this.posix);
			deleteQuietly(planFile);
			throw ex;
		}
	}

	private void write(LaunchPlan complete, Path planFile) {
		try {
			LaunchPlanFile.write(complete, planFile);
		}
		catch (IOException ex) {
			throw new PoolStartException(StartStep.PLAN_FILE.problem(), "Make sure that " + this.workDir
					+ " is writable and has space left, or set unicorn.work-dir to another directory.", ex);
		}
	}

	private void exec(Path planFile, Set<Integer> descriptors) {
		Command command = MasterCommand.starting(this.plan, planFile, MasterArchive.options(this.plan, planFile),
				Command.ownEnvironment());
		System.out.flush();
		System.err.flush();
		new JvmLeftovers(this.posix.pid()).delete();
		try {
			this.posix.exec(command, descriptors, MasterCommand.DEFERRED_SIGNALS);
		}
		catch (PosixException ex) {
			throw new PoolStartException(StartStep.EXEC.problem(),
					"Make sure that this process may execute " + Command.text(command.executable()) + ".", ex);
		}
	}

	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// The caller reports what is wrong with this directory.
		}
	}

}
