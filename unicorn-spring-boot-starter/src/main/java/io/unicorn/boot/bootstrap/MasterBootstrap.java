package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.launch.Claims;
import io.unicorn.launch.FirstWorker;
import io.unicorn.launch.Forecast;
import io.unicorn.launch.Generation;
import io.unicorn.launch.GenerationStore;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.NotCopyableException;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * Turns this process into the master: copies the application, opens the addresses, writes
 * down how workers are launched, and lets a small JVM take the place of this one, under
 * the same process id. Or, on behalf of a master that runs, only writes that down.
 */
final class MasterBootstrap {

	private final Environment environment;

	private final ClassLoader classLoader;

	private final LaunchSite site;

	MasterBootstrap(Environment environment, ClassLoader classLoader, LaunchSite site) {
		this.environment = environment;
		this.classLoader = classLoader;
		this.site = site;
	}

	/**
	 * Become the master. Does not return.
	 * @param headStart perhaps has the first worker already
	 * @throws RuntimeException if it is not possible; nothing is left behind then
	 */
	void run(UnicornProperties properties, @Nullable HeadStart headStart) {
		MasterHome home = MasterHome.find(properties, this.classLoader);
		List<String> notices = new ArrayList<>(home.notices());
		Generation generation = generation(home.workDir(), notices);
		Posix present = (headStart != null) ? headStart.posix() : null;
		Posix posix = (present != null) ? present : NativeCalls.load(home.library().nativeDirectory());
		WebAddresses web = new WebAddresses(this.environment, this.classLoader);
		List<ListenAddress> addresses = web.addresses();
		LaunchPlan plan = new LaunchPlanner(this.environment, this.site, home).plan(properties, addresses, generation,
				posix.isTerminal(0) && posix.isTerminal(1), notices);
		HeadStart.Ready ready = (headStart != null) ? headStart.take(plan) : null;
		if (ready != null) {
			become(home, plan, ready.listeners(), ready.worker(), posix);
		}
		else {
			become(home, plan, web.open(addresses, posix), null, posix);
		}
	}

	/**
	 * As long as this JVM lives, no other can have the flags that only one can have, so a
	 * worker that is to have them is left to the master.
	 */
	private static void become(MasterHome home, LaunchPlan plan, Map<String, Listener> listeners,
			@Nullable EarlyWorker early, Posix posix) {
		Path planFile = home.workDir().resolve("plan-" + posix.pid());
		EarlyWorker worker = early;
		Map<String, Integer> descriptors = new LinkedHashMap<>();
		listeners.forEach((name, listener) -> descriptors.put(name, listener.fd()));
		try {
			claim(home, posix.pid(), plan.generation());
			LaunchPlanFile.write(plan.withListeners(descriptors), planFile);
			if (worker == null && plan.exclusiveFlags().isEmpty()) {
				worker = EarlyWorker.start(posix, plan, List.copyOf(descriptors.values()));
			}
			Set<Integer> inherited = new HashSet<>(descriptors.values());
			FirstWorker first = null;
			if (worker != null) {
				first = worker.welcome(plan.settings());
				inherited.add(first.control());
			}
			new Forecast(home.workDir()).write(plan);
			System.out.flush();
			System.err.flush();
			posix.exec(MasterCommand.starting(plan, planFile, first, Command.ownEnvironment()), inherited,
					MasterCommand.DEFERRED_SIGNALS);
		}
		catch (IOException ex) {
			if (worker != null) {
				worker.end();
			}
			descriptors.values().forEach(posix::close);
			deleteQuietly(planFile);
			throw new MasterNotStartedException("The master cannot be launched",
					"Make sure that " + home.workDir()
							+ " can be written to and has space left, or set unicorn.work-dir to another directory.",
					ex);
		}
	}

	/**
	 * Write down how workers are launched, and end this process.
	 * @param file where a master waits for it, in its private directory
	 */
	void prepare(UnicornProperties properties, Path file) {
		MasterHome home = MasterHome.at(file.resolveSibling(""), this.classLoader);
		List<String> notices = new ArrayList<>();
		Path jar = LaunchPlanner.jar();
		try {
			Generation generation = (jar != null) ? store(home.workDir(), jar, notices) : null;
			LaunchPlan plan = new LaunchPlanner(this.environment, this.site, home).plan(properties,
					new WebAddresses(this.environment, this.classLoader).addresses(), generation,
					Boolean.getBoolean(WorkerCommand.TERMINAL_PROPERTY), notices);
			LaunchPlanFile.write(plan, file);
		}
		catch (IOException ex) {
			throw new MasterNotStartedException("The new code cannot be copied to where workers run it from",
					"Free some space in " + home.workDir() + " and roll out again.", ex);
		}
		System.out.flush();
		System.err.flush();
		// Nothing has been started that would have to be stopped.
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Copy the application. A first start does without a copy if there is no place for
	 * it: better a pool that must not be overwritten than none.
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
					+ MasterNotStartedException.reason(ex) + "): do not overwrite it while the pool runs");
			return null;
		}
	}

	private @Nullable Generation store(WorkDir workDir, Path jar, List<String> notices) throws IOException {
		try {
			Generation generation = new GenerationStore(workDir).of(jar);
			if (generation.form() == Generation.Form.COPIED || this.site.hasOrdinaryMain(this.classLoader)) {
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

	/** What is not claimed, a later start of another pool may remove. */
	private static void claim(MasterHome home, int pid, @Nullable Generation generation) throws IOException {
		List<Path> needed = new ArrayList<>();
		needed.add(home.library().directory());
		if (generation != null) {
			needed.add(generation.directory());
		}
		Claims.of(home.workDir(), pid).hold(needed);
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
