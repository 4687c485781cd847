package io.unicorn.launch.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.unicorn.launch.workdir.CommandSocket;
import io.unicorn.posix.Command;

/**
 * Builds the commands of a master: a small JVM without the flags, agents and environment
 * options of the application.
 */
public final class MasterCommand {

	/** The argument in front of a hand-over file from which the master resumes. */
	public static final String RESUME = "--resume";

	/** The argument in front of a hand-over file that the program only checks. */
	public static final String CHECK = "--check";

	/**
	 * Numbers of the signals that are deferred while a master starts: HUP, INT, QUIT,
	 * USR1, USR2, TERM, TTIN, TTOU and WINCH.
	 */
	public static final Set<Integer> DEFERRED_SIGNALS = Set.of(1, 2, 3, 10, 12, 15, 21, 22, 28);

	/** System property with the path of the command socket. */
	public static final String SOCKET_PROPERTY = "io.unicorn.commands";

	/** Name of the main class. */
	public static final String MAIN = "io.unicorn.master.Master";

	/** Variables with JVM options, which only workers get. */
	private static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

	/**
	 * Variables that describe sockets which a service manager has passed to this process
	 * alone ({@code sd_listen_fds}).
	 */
	private static final Set<String> SOCKET_VARIABLES = Set.of("LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
			"LISTEN_FDNAMES");

	/**
	 * Makes the JVM suspend threads by another signal than USR2; see
	 * {@link io.unicorn.posix.Posix#exec(Command, Set, Set)}.
	 */
	private static final String OTHER_SUSPEND_SIGNAL = "_JAVA_SR_SIGNUM=40";

	/** In milliseconds. */
	private static final String ONE_HOUR = "3600000";

	/**
	 * JVM flags of a master, which keep its memory small and avoid periodic wake-ups. For
	 * the reason of each see docs/decisions/0021-a-small-quiet-jvm-for-the-master.md.
	 */
	public static final List<String> JVM_FLAGS = List.of("-XX:+IgnoreUnrecognizedVMOptions",
			"-XX:+UnlockDiagnosticVMOptions", "-Xms4m", "-Xmn2m", "-Xmx32m", "-Xss512k", "-XX:+UseSerialGC",
			"-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=20", "-XX:ReservedCodeCacheSize=12m",
			"-XX:ArchiveRelocationMode=0", "-XX:-UsePerfData", "-XX:GuaranteedSafepointInterval=0",
			"-XX:AsyncDeflationInterval=" + ONE_HOUR, "-XX:GuaranteedAsyncDeflationInterval=" + ONE_HOUR,
			"-XX:ServiceThreadCleanupInterval=" + ONE_HOUR, "--enable-native-access=ALL-UNNAMED");

	private MasterCommand() {
	}

	/**
	 * Return the command of a new master.
	 * @param plan its launch plan
	 * @param file the file of the plan
	 * @param archiveFlags JVM flags about the archive of the master's classes
	 * @param environment the environment of this process, in byte form
	 */
	public static Command starting(LaunchPlan plan, Path file, List<String> archiveFlags, List<String> environment) {
		return of(plan, environment, processFlags(plan, archiveFlags), List.of(Command.bytes(file)));
	}

	/**
	 * Return the command of a master that resumes after an upgrade.
	 * @param plan its launch plan
	 * @param file the hand-over file
	 * @param archiveFlags JVM flags about the archive of the master's classes
	 * @param environment the environment of the master, in byte form
	 */
	public static Command resuming(LaunchPlan plan, Path file, List<String> archiveFlags, List<String> environment) {
		return of(plan, environment, processFlags(plan, archiveFlags), List.of(RESUME, Command.bytes(file)));
	}

	/**
	 * Return the command of a process that checks whether a master could resume.
	 * @param plan the launch plan of that master
	 * @param file the hand-over file
	 * @param environment the environment of the master, in byte form
	 */
	public static Command checking(LaunchPlan plan, Path file, List<String> environment) {
		return of(plan, environment, List.of(), List.of(CHECK, Command.bytes(file)));
	}

	/**
	 * Return the flags by which commands find the master, and those of the archive. The
	 * process id is that of this process, which executes the master.
	 */
	private static List<String> processFlags(LaunchPlan plan, List<String> archiveFlags) {
		Path socket = CommandSocket.of(Path.of(Command.text(plan.master().workDir())));
		List<String> flags = new ArrayList<>(archiveFlags);
		if (socket != null) {
			flags.addAll(PoolProcess.flags(plan, socket));
		}
		return flags;
	}

	private static Command of(LaunchPlan plan, List<String> environment, List<String> flags,
			List<String> programArguments) {
		List<String> arguments = new ArrayList<>();
		arguments.add(WorkerCommand.title("master", plan) + " java "
				+ String.join(" ", plan.workers().command().main().stream().limit(2).toList()));
		arguments.addAll(JVM_FLAGS);
		if (plan.master().nativeDirectory() != null) {
			arguments.add("-Djffi.boot.library.path=" + plan.master().nativeDirectory());
		}
		arguments.addAll(flags);
		arguments.add("-cp");
		arguments.add(String.join(":", plan.master().classPath()));
		arguments.add(MAIN);
		arguments.addAll(programArguments);
		List<String> variables = new ArrayList<>(commonEnvironment(environment));
		if (variables.stream().noneMatch((variable) -> variable.startsWith("_JAVA_SR_SIGNUM="))) {
			variables.add(OTHER_SUSPEND_SIGNAL);
		}
		return new Command(plan.workers().java(), arguments, variables);
	}

	/**
	 * Return the environment of a master without the entries for the master alone.
	 * @param environment entries in byte form
	 */
	public static List<String> environmentOfWorkers(List<String> environment) {
		return environment.stream().filter((variable) -> !variable.equals(OTHER_SUSPEND_SIGNAL)).toList();
	}

	/**
	 * Return the entries that master and workers have in common, of the environment of
	 * the process that the user has started.
	 * @param environment entries in byte form
	 */
	public static List<String> commonEnvironment(List<String> environment) {
		return environmentOfWorkers(environment).stream()
			.filter((variable) -> !isForJvm(variable) && !SOCKET_VARIABLES.contains(name(variable)))
			.toList();
	}

	/**
	 * Return whether an environment entry has options for every JVM, such as
	 * {@code JAVA_TOOL_OPTIONS}.
	 */
	public static boolean isForJvm(String variable) {
		return JVM_VARIABLES.contains(name(variable));
	}

	private static String name(String variable) {
		return variable.substring(0, Math.max(0, variable.indexOf('=')));
	}

}
