package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.unicorn.boot.bootstrap.addresses.OpenListeners;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.generation.GenerationStore;
import io.unicorn.launch.generation.NotCopyableException;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.posix.OpenFiles;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Turns this process into the master: copies the application, opens the listeners, writes
 * the launch plan, and executes the master's program, a small JVM with the same process
 * id. For a running master that prepares a roll-out, only writes the launch plan.
 */
final class PoolBootstrap {

	private final ClassLoader classLoader;

	private final LaunchContext context;

	private final Consumer<StartStep> steps;

	/**
	 * Create a bootstrap that has not begun.
	 * @param steps is told each step before it is done
	 */
	PoolBootstrap(ClassLoader classLoader, LaunchContext context, Consumer<StartStep> steps) {
		this.classLoader = classLoader;
		this.context = context;
		this.steps = steps;
	}

	/**
	 * Become the master. Does not return unless it fails.
	 * @throws RuntimeException if a step fails; no listener and no launch plan is left
	 */
	void run(LaunchInputs inputs) {
		this.steps.accept(StartStep.DIRECTORY);
		RuntimeFiles files = RuntimeFiles.find(inputs.properties(), this.classLoader);
		List<String> notices = new ArrayList<>(files.notices());
		this.steps.accept(StartStep.COPY);
		Generation generation = generation(files.workDir(), notices);
		this.steps.accept(StartStep.NATIVE_LIBRARY);
		Posix posix = PosixLoader.load(files.library().nativeDirectory());
		// As for System.console(), by which Spring Boot decides on colours.
		boolean terminal = posix.isTerminal(0) && posix.isTerminal(1);
		this.steps.accept(StartStep.PLAN);
		LaunchPlan plan = new LaunchPlanner(inputs, this.context, files).plan(generation, terminal, notices);
		this.steps.accept(StartStep.LISTENERS);
		checkOpenFiles(plan.settings().workers().orElse(plan.autoWorkers()));
		new MasterExec(files.workDir(), plan, posix, this.steps)
			.begin(OpenListeners.of(inputs.addresses(), plan.master().probe(), posix));
	}

	private static void checkOpenFiles(int workers) {
		long limit = OpenFiles.limit();
		long needed = OpenFiles.neededFor(workers);
		if (limit < needed) {
			throw new PoolStartException(
					"The limit of open files is " + limit + " (ulimit -n), and this pool needs " + needed,
					"Raise the limit, or lower unicorn.workers.");
		}
	}

	/**
	 * Write the launch plan and end this process.
	 * @param file the file that a running master waits for, in its private directory
	 */
	void prepare(LaunchInputs inputs, Path file) {
		RuntimeFiles files = RuntimeFiles.at(file.resolveSibling(""), this.classLoader);
		List<String> notices = new ArrayList<>();
		Path jar = LaunchPlanner.jar();
		try {
			Generation generation = (jar != null) ? store(files.workDir(), jar, notices) : null;
			LaunchPlan plan = new LaunchPlanner(inputs, this.context, files).plan(generation,
					Boolean.getBoolean(WorkerCommand.TERMINAL_PROPERTY), notices);
			LaunchPlanFile.write(plan, file);
		}
		catch (IOException ex) {
			throw new PoolStartException("The new code cannot be copied to where workers run it from",
					"Make sure that " + files.workDir() + " has space left, and roll out again.", ex);
		}
		System.out.flush();
		System.err.flush();
		// Nothing was started, so no shutdown hook needs to run.
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Copy the application. If a first start cannot make a copy, workers run the jar file
	 * where it lies: a pool whose jar must not be overwritten is better than none.
	 */
	private @Nullable Generation generation(WorkDir workDir, List<String> notices) {
		Path jar = LaunchPlanner.jar();
		if (jar == null) {
			return null;
		}
		try {
			return store(workDir, jar, notices);
		}
		catch (IOException ex) {
			notices.add("workers run " + jar + " where it lies, because no copy of it could be made ("
					+ PoolStartException.reason(ex) + "): do not overwrite it while the pool runs");
			return null;
		}
	}

	private @Nullable Generation store(WorkDir workDir, Path jar, List<String> notices) throws IOException {
		try {
			Generation generation = new GenerationStore(workDir).of(jar);
			if (generation.form() == Generation.Form.COPIED || this.context.hasOrdinaryMain(this.classLoader)) {
				return generation;
			}
			notices.add("workers run " + jar + " where it lies, because only Spring Boot's launcher finds its main "
					+ "method (it is not public static void main(String[])): "
					+ "do not overwrite it while the pool runs");
			return null;
		}
		catch (NotCopyableException ex) {
			notices.add("workers run " + jar + " where it lies, because it cannot be copied (" + ex.getMessage()
					+ "): do not overwrite it while the pool runs");
			return null;
		}
	}

}
