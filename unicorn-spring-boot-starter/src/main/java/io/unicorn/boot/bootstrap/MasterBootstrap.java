package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.launch.Forecast;
import io.unicorn.launch.Generation;
import io.unicorn.launch.GenerationStore;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.NotCopyableException;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Turns this process into the master: copies the application, opens the addresses, writes
 * down how workers are launched, and lets a small JVM take the place of this one, under
 * the same process id. Or, on behalf of a master that runs, only writes that down.
 */
final class MasterBootstrap {

	private final ClassLoader classLoader;

	private final LaunchSite site;

	MasterBootstrap(ClassLoader classLoader, LaunchSite site) {
		this.classLoader = classLoader;
		this.site = site;
	}

	/**
	 * Become the master. Does not return.
	 * @param premises what the environment says
	 * @param headStart perhaps has the first worker already
	 * @param foreseeable whether the next start may do without what this one did
	 * @throws RuntimeException if it is not possible; nothing is left behind then
	 */
	void run(Premises premises, @Nullable HeadStart headStart, boolean foreseeable) {
		MasterHome home = MasterHome.find(premises.properties(), this.classLoader);
		List<String> notices = new ArrayList<>(home.notices());
		Generation generation = generation(home.workDir(), notices);
		Posix present = (headStart != null) ? headStart.posix() : null;
		Posix posix = (present != null) ? present : NativeCalls.load(home.library().nativeDirectory());
		boolean terminal = Surroundings.isTerminal(posix);
		LaunchPlan plan = new LaunchPlanner(premises, this.site, home).plan(generation, terminal, notices);
		Forecast.Grounds grounds = (foreseeable && plan.notices().isEmpty())
				? grounds(premises, plan, headStart, terminal) : null;
		Succession succession = new Succession(home.workDir(), plan, posix);
		HeadStart.Ready ready = (headStart != null) ? headStart.take(plan) : null;
		if (ready != null) {
			succession.begin(ready.listeners(), ready.worker(), grounds);
		}
		else {
			succession.begin(WebAddresses.open(premises.addresses(), posix), null, grounds);
		}
	}

	private Forecast.@Nullable Grounds grounds(Premises premises, LaunchPlan plan, @Nullable HeadStart headStart,
			boolean terminal) {
		String digest = premises.digest();
		if (headStart != null && !headStart.agreesWith(digest)) {
			return Forecast.Grounds.SHAKEN;
		}
		try {
			return new Forecast.Grounds(digest, Surroundings.digest(plan, this.site.jvmFlags(), terminal));
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Write down how workers are launched, and end this process.
	 * @param premises what the environment says
	 * @param file where a master waits for it, in its private directory
	 */
	void prepare(Premises premises, Path file) {
		MasterHome home = MasterHome.at(file.resolveSibling(""), this.classLoader);
		List<String> notices = new ArrayList<>();
		Path jar = LaunchPlanner.jar();
		try {
			Generation generation = (jar != null) ? store(home.workDir(), jar, notices) : null;
			LaunchPlan plan = new LaunchPlanner(premises, this.site, home).plan(generation,
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

}
