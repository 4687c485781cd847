package io.unicorn.master;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Starts the master of a new pool. The application that was started in this process is
 * gone by then, so if the master cannot be created, this process executes the application
 * again, without a pool.
 */
final class MasterStart {

	private final Path planFile;

	private final Supplier<Posix> loading;

	private final IntConsumer end;

	/**
	 * Create a start that has not begun.
	 * @param planFile the file of the launch plan, which is deleted
	 * @param loading loads the native library
	 * @param end ends the process with an exit code
	 */
	MasterStart(Path planFile, Supplier<Posix> loading, IntConsumer end) {
		this.planFile = planFile;
		this.loading = loading;
		this.end = end;
	}

	/**
	 * Create the master.
	 * @return the master, or {@code null} if there will be none
	 */
	@Nullable Master master() {
		LaunchPlan plan = null;
		Posix posix = null;
		try {
			plan = LaunchPlanFile.take(this.planFile);
			posix = this.loading.get();
			return Master.starting(posix, plan, this.end);
		}
		catch (Throwable ex) {
			giveUp(plan, posix, "the master cannot start: " + ex);
			return null;
		}
	}

	/**
	 * Execute the application in this process, without a pool. Returns only by an
	 * exception.
	 */
	static void runWithoutPool(Posix posix, LaunchPlan plan, String obstacle) throws PosixException {
		List<String> environment = MasterCommand.environmentOfWorkers(Command.ownEnvironment());
		posix.exec(WorkerCommand.withoutPool(plan, environment, obstacle), Set.of());
	}

	private void giveUp(@Nullable LaunchPlan plan, @Nullable Posix posix, String obstacle) {
		if (plan != null && posix != null) {
			try {
				runWithoutPool(posix, plan, obstacle);
				return;
			}
			catch (Throwable ex) {
				System.err.println("The application cannot be executed without a pool: " + ex);
			}
		}
		System.err.println("No worker pool: " + obstacle
				+ ". To run the application in one process, without a pool, set unicorn.enabled=false.");
		this.end.accept(1);
	}

}
