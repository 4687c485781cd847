package io.unicorn.launch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Collections;

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
 * @param listeners descriptors of the listening sockets by name, in the order in which
 * workers get them
 * @param java path of the {@code java} program, in byte form
 * @param command the user's own command line, in byte form
 * @param workerOptions JVM flags for workers that come before the user's, in byte form
 * @param workerEnvironment environment entries that only workers get, in byte form
 * @param exclusiveFlags the user's JVM flags that only one process can have
 * @param pidFiles files that hold the process id of the master while it runs
 * @param logFile file to which the master's log lines go as well as to standard output,
 * or {@code null}
 * @param notices what the operator should know, as log lines
 */
public record LaunchPlan(String application, PoolSettings settings, int autoWorkers, Map<String, Integer> listeners,
		String java, JavaCommandLine command, List<String> workerOptions, List<String> workerEnvironment,
		List<String> exclusiveFlags, List<String> pidFiles, @Nullable String logFile, List<String> notices) {

	/** Name of the listener of the application's own web server. */
	public static final String HTTP = "http";

	/** Name of the listener of a management server on a port of its own. */
	public static final String MANAGEMENT = "management";

	public LaunchPlan {
		listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
		workerOptions = List.copyOf(workerOptions);
		workerEnvironment = List.copyOf(workerEnvironment);
		exclusiveFlags = List.copyOf(exclusiveFlags);
		pidFiles = List.copyOf(pidFiles);
		notices = List.copyOf(notices);
	}

}
