package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.launch.Claims;
import io.unicorn.launch.FirstWorker;
import io.unicorn.launch.Forecast;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.WorkDir;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Lets the master take the place of this JVM.
 */
final class Succession {

	private final WorkDir workDir;

	private final LaunchPlan plan;

	private final Posix posix;

	/**
	 * Create one that has not begun.
	 * @param plan how workers are launched, without open sockets
	 */
	Succession(WorkDir workDir, LaunchPlan plan, Posix posix) {
		this.workDir = workDir;
		this.plan = plan;
		this.posix = posix;
	}

	/**
	 * Become the master. Does not return. As long as this JVM lives, no other can have
	 * the flags that only one can have, so a worker that is to have them is left to the
	 * master.
	 * @param listeners the listeners by name
	 * @param early the first worker, if there is one already
	 * @param grounds what the next start may rely on
	 * @throws MasterNotStartedException if it is not possible; the listeners are closed
	 * and the worker is killed then
	 */
	void begin(Map<String, Listener> listeners, @Nullable EarlyWorker early, Forecast.@Nullable Grounds grounds) {
		Path planFile = this.workDir.resolve("plan-" + this.posix.pid());
		EarlyWorker worker = early;
		Map<String, Integer> descriptors = new LinkedHashMap<>();
		listeners.forEach((name, listener) -> descriptors.put(name, listener.fd()));
		try {
			// What is not claimed, a later start of another pool may remove.
			Claims.of(this.workDir, this.posix.pid()).hold(this.plan.directories());
			LaunchPlanFile.write(this.plan.withListeners(descriptors), planFile);
			if (worker == null && this.plan.exclusiveFlags().isEmpty()) {
				worker = EarlyWorker.start(this.posix, this.plan, List.copyOf(descriptors.values()));
			}
			Set<Integer> inherited = new HashSet<>(descriptors.values());
			FirstWorker first = null;
			if (worker != null) {
				first = worker.welcome(this.plan.settings());
				inherited.add(first.control());
			}
			new Forecast(this.workDir).write(this.plan, grounds);
			System.out.flush();
			System.err.flush();
			this.posix.exec(MasterCommand.starting(this.plan, planFile, first, Command.ownEnvironment()), inherited,
					MasterCommand.DEFERRED_SIGNALS);
		}
		catch (IOException ex) {
			if (worker != null) {
				worker.end();
			}
			descriptors.values().forEach(this.posix::close);
			deleteQuietly(planFile);
			throw new MasterNotStartedException("The master cannot be launched",
					"Make sure that " + this.workDir
							+ " can be written to and has space left, or set unicorn.work-dir to another directory.",
					ex);
		}
	}

	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// What is wrong with this directory is about to be reported.
		}
	}

}
