package io.unicorn.launch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the bootstrap hands over to the master when it becomes it. Strings that
 * are given to the operating system again are in byte form, see
 * {@link io.unicorn.posix.Command}.
 *
 * @param application name of the application, for log lines and process titles; empty if
 * it has none
 * @param settings the configuration
 * @param autoWorkers the number of workers that {@code auto} stands for
 * @param addresses where to listen, in the order in which workers get the sockets
 * @param listeners descriptors of the sockets that are open already, by name
 * @param java path of the {@code java} program, in byte form
 * @param command the user's own command line, in byte form
 * @param generation the copy of the application that workers run, or {@code null} if they
 * run what the command line names
 * @param workerOptions JVM flags for workers that come before the user's, in byte form
 * @param workerEnvironment environment entries that only workers get, in byte form
 * @param exclusiveFlags the user's JVM flags that only one process can have
 * @param pidFiles files that hold the process id of the master while it runs
 * @param logFile file to which the master's log lines go as well as to standard output,
 * or {@code null}
 * @param notices what the operator should know, as log lines
 * @param master what the master runs from
 */
public record LaunchPlan(String application, PoolSettings settings, int autoWorkers, List<ListenAddress> addresses,
		Map<String, Integer> listeners, String java, JavaCommandLine command, @Nullable Generation generation,
		List<String> workerOptions, List<String> workerEnvironment, List<String> exclusiveFlags, List<String> pidFiles,
		@Nullable String logFile, List<String> notices, MasterProgram master) {

	/** Name of the listener of the application's own web server. */
	public static final String HTTP = "http";

	/** Name of the listener of a management server on a port of its own. */
	public static final String MANAGEMENT = "management";

	/** Worker option that is there if the output goes to a terminal. */
	public static final String TERMINAL_OPTION = "-Dspring.output.ansi.enabled=always";

	public LaunchPlan {
		addresses = List.copyOf(addresses);
		listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
		workerOptions = List.copyOf(workerOptions);
		workerEnvironment = List.copyOf(workerEnvironment);
		exclusiveFlags = List.copyOf(exclusiveFlags);
		pidFiles = List.copyOf(pidFiles);
		notices = List.copyOf(notices);
	}

	/**
	 * Return the directories of the private directory that master and workers run from.
	 */
	public Set<Path> directories() {
		Set<Path> directories = new LinkedHashSet<>();
		if (this.generation != null) {
			directories.add(this.generation.directory());
		}
		Path workDir = Path.of(Command.text(this.master.workDir()));
		Stream
			.concat(this.master.classPath().stream().map((jar) -> Path.of(Command.text(jar)).getParent()),
					Stream.ofNullable(this.master.nativeDirectory())
						.map((directory) -> Path.of(Command.text(directory))))
			.filter((directory) -> directory != null && directory.startsWith(workDir))
			.forEach(directories::add);
		return directories;
	}

	/**
	 * Return this plan with what belongs to the process rather than to the application:
	 * the command line of another plan, its environment, and the files that its master
	 * has.
	 */
	public LaunchPlan withCommandOf(LaunchPlan other) {
		Set<String> exclusive = new LinkedHashSet<>(other.exclusiveFlags);
		exclusive.addAll(this.exclusiveFlags);
		return new LaunchPlan(this.application, this.settings, this.autoWorkers, this.addresses, this.listeners,
				this.java, other.command, this.generation, this.workerOptions, other.workerEnvironment,
				List.copyOf(exclusive), other.pidFiles, other.logFile, this.notices, this.master);
	}

	/**
	 * Return this plan with another JDK.
	 * @param program path of the {@code java} program, in byte form
	 */
	public LaunchPlan withJava(String program) {
		return new LaunchPlan(this.application, this.settings, this.autoWorkers, this.addresses, this.listeners,
				program, this.command, this.generation, this.workerOptions, this.workerEnvironment, this.exclusiveFlags,
				this.pidFiles, this.logFile, this.notices, this.master);
	}

	/**
	 * Return this plan with the sockets that were opened for it.
	 */
	public LaunchPlan withListeners(Map<String, Integer> open) {
		return new LaunchPlan(this.application, this.settings, this.autoWorkers, this.addresses, open, this.java,
				this.command, this.generation, this.workerOptions, this.workerEnvironment, this.exclusiveFlags,
				this.pidFiles, this.logFile, this.notices, this.master);
	}

}
