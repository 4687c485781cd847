package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.workdir.DefaultWorkDirs;
import io.unicorn.launch.workdir.UnsafeWorkDirException;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.launch.workdir.WriteProblem;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Holds the directory of the master's files and the class path that the master runs from.
 *
 * @param workDir the private directory
 * @param library the class path of the master
 * @param notices lines for the operator, which the master logs
 */
record RuntimeFiles(WorkDir workDir, ExtractedLibrary library, List<String> notices) {

	RuntimeFiles {
		notices = List.copyOf(notices);
	}

	/**
	 * Open the first directory that can be used: the configured one and then one in
	 * memory, or else the default ones.
	 * @throws PoolStartException if no directory can be used, or if other users can use
	 * or replace the configured one
	 */
	static RuntimeFiles find(UnicornProperties properties, ClassLoader classLoader) {
		Set<Path> places = new LinkedHashSet<>();
		String configured = properties.workDir();
		if (configured != null) {
			places.add(path(configured));
			places.add(DefaultWorkDirs.inMemory());
		}
		places.addAll(DefaultWorkDirs.all());
		List<String> problems = new ArrayList<>();
		IOException failure = null;
		for (Path place : places) {
			try {
				boolean own = configured != null && problems.isEmpty();
				return own ? open(WorkDir.open(place), classLoader, problems)
						: openDefault(place, classLoader, problems);
			}
			catch (UnsafeWorkDirException ex) {
				if (configured != null && problems.isEmpty()) {
					throw unsafe(ex);
				}
				problems.add(problem(place, ex));
				failure = (failure != null) ? failure : new IOException(ex.getMessage(), ex);
			}
			catch (IOException ex) {
				problems.add(problem(place, ex));
				failure = (failure != null) ? failure : ex;
			}
		}
		throw new PoolStartException("there is no place for its files, " + places.iterator().next() + " cannot be used",
				"Free some space, or set unicorn.work-dir to another directory.",
				(failure != null) ? failure : new IOException("there is no directory to try"));
	}

	/**
	 * Check the configured directory without making it.
	 * @throws PoolStartException if other users can use or replace it
	 */
	static void check(UnicornProperties properties) {
		String configured = properties.workDir();
		try {
			if (configured != null) {
				WorkDir.check(path(configured));
			}
		}
		catch (UnsafeWorkDirException ex) {
			throw unsafe(ex);
		}
		catch (IOException ex) {
			// A start uses another directory.
		}
	}

	private static PoolStartException unsafe(UnsafeWorkDirException cause) {
		return new PoolStartException("The private directory cannot be used",
				"Set unicorn.work-dir to a directory of this user with mode 0700, or to a path that does not "
						+ "exist, where no other user but root can rename a directory above it.",
				cause);
	}

	private static Path path(String workDir) {
		try {
			return Path.of(workDir);
		}
		catch (InvalidPathException ex) {
			throw PoolStartException.inexpressible("unicorn.work-dir", ex);
		}
	}

	/**
	 * Open a default directory. In a directory that all users share, another user can
	 * create it first; then one beside it is used.
	 */
	private static RuntimeFiles openDefault(Path place, ClassLoader classLoader, List<String> problems)
			throws IOException {
		try {
			return open(WorkDir.open(place), classLoader, problems);
		}
		catch (UnsafeWorkDirException ex) {
			List<String> all = new ArrayList<>(problems);
			all.add(problem(place, ex));
			return open(WorkDir.beside(place), classLoader, all);
		}
	}

	private static String problem(Path place, IOException cause) {
		return "the private directory " + place + " cannot be used (" + PoolStartException.reason(cause) + ")";
	}

	/**
	 * Return the program that the master is started with.
	 * @param pidFiles files that hold its process id while it runs
	 * @param log where and how it logs
	 * @param portFiles files that hold the port of a listener while it runs, by the name
	 * of the listener
	 * @param probe where it answers probes, or {@code null}
	 * @param hooks the commands that it runs
	 */
	LaunchPlan.Master master(List<String> pidFiles, MasterLog log, Map<String, String> portFiles,
			LaunchPlan.@Nullable Probe probe, HookSettings hooks) {
		Path nativeDirectory = this.library.nativeDirectory();
		return new LaunchPlan.Master(Command.bytes(Path.of(this.workDir.toString())),
				this.library.classPath().stream().map(Command::bytes).toList(),
				(nativeDirectory != null) ? Command.bytes(nativeDirectory) : null, pidFiles, log, portFiles, probe,
				hooks);
	}

	/**
	 * Open the directory that the running master uses.
	 */
	static RuntimeFiles at(Path directory, ClassLoader classLoader) {
		try {
			return open(WorkDir.reopen(directory), classLoader, List.of());
		}
		catch (IOException ex) {
			throw new PoolStartException("The files of the master cannot be written",
					"Make sure that " + directory + " is writable and has space left.", ex);
		}
	}

	private static RuntimeFiles open(WorkDir workDir, ClassLoader classLoader, List<String> problems)
			throws IOException {
		// A full disk would make a later step fail, which has no other place.
		WriteProblem.check(workDir.resolve(""));
		return new RuntimeFiles(workDir, ExtractedLibrary.extract(classLoader, workDir, new NativeLibrary()),
				problems.stream().map((problem) -> problem + ", " + workDir + " is used instead").toList());
	}

}
