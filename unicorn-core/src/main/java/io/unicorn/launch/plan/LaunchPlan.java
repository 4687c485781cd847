package io.unicorn.launch.plan;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Holds everything that the bootstrap passes to the master: settings, listeners, and how
 * master and workers are launched. Strings for the operating system are in byte form, see
 * {@link Command}. Immutable.
 *
 * @param application name of the application, for log lines and process titles; empty if
 * it has none
 * @param settings the configuration
 * @param autoWorkers the number of workers that {@code auto} stands for, at least 1
 * @param bindings where workers accept connections
 * @param workers how workers are launched
 * @param master what the master runs from, and its files
 * @param notices log lines that tell the operator about this plan
 */
public record LaunchPlan(String application, PoolSettings settings, int autoWorkers, Bindings bindings, Workers workers,
		Master master, List<String> notices) {

	/**
	 * Name of the first listener of the application's own web server. Further ones are
	 * {@code http-2}, {@code http-3}, and so on.
	 */
	public static final String HTTP = "http";

	/** Name of the listener of a management server on a port of its own. */
	public static final String MANAGEMENT = "management";

	/** Option of workers whose output goes to a terminal. */
	public static final String TERMINAL_OPTION = "-Dspring.output.ansi.enabled=always";

	public LaunchPlan {
		notices = List.copyOf(notices);
	}

	/**
	 * Says where workers accept connections.
	 *
	 * @param addresses where to listen, in the order in which workers get the sockets
	 * @param listeners descriptors of the sockets that are open already, by name
	 * @param passed names of the sockets that a service manager has passed to the process
	 * that became the master, from descriptor 3 on
	 */
	public record Bindings(List<ListenAddress> addresses, Map<String, Integer> listeners, List<String> passed) {

		public Bindings {
			addresses = List.copyOf(addresses);
			listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
			passed = List.copyOf(passed);
		}

		/** Create for a process to which no socket was passed. */
		public Bindings(List<ListenAddress> addresses, Map<String, Integer> listeners) {
			this(addresses, listeners, List.of());
		}

	}

	/**
	 * Says how workers are launched. All strings are in byte form.
	 *
	 * @param java path of the {@code java} program
	 * @param command the command line of the user
	 * @param generation the copy of the application that workers run, or {@code null} if
	 * they run the application that the command line names
	 * @param options JVM flags that come before the user's
	 * @param environment environment entries that only workers get
	 * @param exclusiveFlags the user's JVM flags that only one process can have
	 */
	public record Workers(String java, JavaCommandLine command, @Nullable Generation generation, List<String> options,
			List<String> environment, List<String> exclusiveFlags) {

		public Workers {
			options = List.copyOf(options);
			environment = List.copyOf(environment);
			exclusiveFlags = List.copyOf(exclusiveFlags);
		}

		private Workers withJava(String program) {
			return new Workers(program, this.command, this.generation, this.options, this.environment,
					this.exclusiveFlags);
		}

		private Workers withLastFlag(String flag) {
			return new Workers(this.java, this.command.withLastFlag(flag), this.generation, this.options,
					this.environment, this.exclusiveFlags);
		}

		private Workers withCommandOf(Workers other) {
			Set<String> exclusive = new LinkedHashSet<>(other.exclusiveFlags);
			exclusive.addAll(this.exclusiveFlags);
			return new Workers(this.java, other.command, this.generation, this.options, other.environment,
					List.copyOf(exclusive));
		}

	}

	/**
	 * Says what the master runs from, and which files belong to its process.
	 *
	 * @param workDir the work dir, in byte form
	 * @param classPath jars and directories, in order, in byte form
	 * @param nativeDirectory directory of the native library, in byte form, or
	 * {@code null} if the library is unpacked at each start
	 * @param pidFiles files that hold the process id of the master while it runs
	 * @param log where and how the master logs
	 * @param portFiles files that hold the port of a listener while the master runs, by
	 * the name of the listener
	 * @param probe where the master answers probes, or {@code null} for nowhere
	 * @param hooks the commands that the master runs
	 */
	public record Master(String workDir, List<String> classPath, @Nullable String nativeDirectory,
			List<String> pidFiles, MasterLog log, Map<String, String> portFiles, @Nullable Probe probe,
			HookSettings hooks) {

		public Master {
			classPath = List.copyOf(classPath);
			pidFiles = List.copyOf(pidFiles);
			portFiles = Map.copyOf(portFiles);
		}

		/** Create for a master that answers no probes and runs no commands. */
		public Master(String workDir, List<String> classPath, @Nullable String nativeDirectory, List<String> pidFiles,
				MasterLog log, Map<String, String> portFiles) {
			this(workDir, classPath, nativeDirectory, pidFiles, log, portFiles, null, HookSettings.NONE);
		}

		private Master withFilesOf(Master other) {
			return new Master(this.workDir, this.classPath, this.nativeDirectory, other.pidFiles, other.log,
					other.portFiles, this.probe, this.hooks);
		}

	}

	/**
	 * Says how the master answers probes.
	 *
	 * @param address where, with an IP address as its host
	 * @param minReady the number of ready workers below which the pool is not ready, 0
	 * for the least
	 */
	public record Probe(ProbeAddress address, int minReady) {

	}

	/**
	 * Return the directories in the work dir from which master and workers run: those to
	 * lease.
	 */
	public Set<Path> directories() {
		Set<Path> directories = new LinkedHashSet<>();
		if (this.workers.generation != null) {
			directories.add(this.workers.generation.directory());
		}
		Path workDir = Path.of(Command.text(this.master.workDir));
		Stream
			.concat(this.master.classPath.stream().map((jar) -> Path.of(Command.text(jar)).getParent()),
					Stream.ofNullable(this.master.nativeDirectory).map((directory) -> Path.of(Command.text(directory))))
			.filter((directory) -> directory != null && directory.startsWith(workDir))
			.forEach(directories::add);
		return directories;
	}

	/**
	 * Return this plan with those parts of another plan that belong to its process and
	 * not to the application: the command line, the environment of workers, the pid files
	 * and the log file. Flags that only one process can have are those of both plans.
	 */
	public LaunchPlan withCommandOf(LaunchPlan other) {
		return new LaunchPlan(this.application, this.settings, this.autoWorkers, this.bindings,
				this.workers.withCommandOf(other.workers), this.master.withFilesOf(other.master), this.notices);
	}

	/**
	 * Return this plan with another JDK.
	 * @param program path of the {@code java} program, in byte form
	 */
	public LaunchPlan withJava(String program) {
		return withWorkers(this.workers.withJava(program));
	}

	/**
	 * Return this plan with one more JVM flag for workers, which comes after all others,
	 * so that it has precedence.
	 * @param flag the flag, in byte form
	 */
	public LaunchPlan withLastFlag(String flag) {
		return withWorkers(this.workers.withLastFlag(flag));
	}

	private LaunchPlan withWorkers(Workers changed) {
		return new LaunchPlan(this.application, this.settings, this.autoWorkers, this.bindings, changed, this.master,
				this.notices);
	}

	/**
	 * Return this plan with the sockets that were opened for it.
	 * @param open descriptors by the name of the listener
	 */
	public LaunchPlan withListeners(Map<String, Integer> open) {
		return new LaunchPlan(this.application, this.settings, this.autoWorkers,
				new Bindings(this.bindings.addresses, open, this.bindings.passed), this.workers, this.master,
				this.notices);
	}

}
