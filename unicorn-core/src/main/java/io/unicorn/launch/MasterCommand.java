package io.unicorn.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Builds the commands that turn a process into the master: a small JVM of its own, free
 * of the flags, agents and environment options that are meant for the application.
 */
public final class MasterCommand {

	/** The argument in front of a state that the master is to go on from. */
	public static final String RESUME = "--resume";

	/** The argument in front of a {@link FirstWorker}. */
	public static final String WORKER = "--worker";

	/** The argument in front of a state that is only to be read. */
	public static final String CHECK = "--check";

	/**
	 * Numbers of the signals that wait while a master starts: HUP, INT, QUIT, USR1, USR2,
	 * TERM, TTIN, TTOU and WINCH.
	 */
	public static final Set<Integer> DEFERRED_SIGNALS = Set.of(1, 2, 3, 10, 12, 15, 21, 22, 28);

	/** The system property that says where the master takes commands. */
	public static final String SOCKET_PROPERTY = "io.unicorn.commands";

	static final String MAIN = "io.unicorn.master.Master";

	/** Read by every JVM; they go to the workers. */
	private static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

	/**
	 * Makes the JVM leave USR2 alone, which it would use to suspend threads; see
	 * {@link io.unicorn.posix.Posix#exec(Command, Set, Set)}.
	 */
	private static final String OTHER_SUSPEND_SIGNAL = "_JAVA_SR_SIGNUM=40";

	/** Once an hour. */
	private static final String HARDLY_EVER = "3600000";

	/**
	 * A master does little and keeps little, and is not woken by its own JVM; for the
	 * reason of each see docs/architecture.md. Not every JDK has them all.
	 */
	static final List<String> JVM_FLAGS = List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions",
			"-Xms4m", "-Xmn2m", "-Xmx32m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
			"-XX:CompileThresholdScaling=20", "-XX:ReservedCodeCacheSize=12m", "-XX:ArchiveRelocationMode=0",
			"-XX:-UsePerfData", "-XX:GuaranteedSafepointInterval=0", "-XX:AsyncDeflationInterval=" + HARDLY_EVER,
			"-XX:GuaranteedAsyncDeflationInterval=" + HARDLY_EVER, "-XX:ServiceThreadCleanupInterval=" + HARDLY_EVER,
			"-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED");

	private MasterCommand() {
	}

	/**
	 * Return the command of a new master.
	 * @param plan how its workers are launched
	 * @param file the file that the plan is in
	 * @param worker the first worker, if it is there already, or {@code null}
	 * @param environment the environment of this process, in byte form
	 */
	public static Command starting(LaunchPlan plan, Path file, @Nullable FirstWorker worker, List<String> environment) {
		return of(plan, environment, process(plan, file), (worker != null)
				? List.of(Command.bytes(file), WORKER, worker.toString()) : List.of(Command.bytes(file)));
	}

	/**
	 * Return the command of a master that takes the place of another.
	 * @param plan what it runs from
	 * @param file the file that the state is in
	 * @param environment the environment of the master, in byte form
	 */
	public static Command resuming(LaunchPlan plan, Path file, List<String> environment) {
		return of(plan, environment, process(plan, file), List.of(RESUME, Command.bytes(file)));
	}

	/**
	 * Return the command of a process that sees whether a master could resume.
	 * @param plan what it runs from
	 * @param file the file that the state is in
	 * @param environment the environment of the master, in byte form
	 */
	public static Command checking(LaunchPlan plan, Path file, List<String> environment) {
		return of(plan, environment, List.of(), List.of(CHECK, Command.bytes(file)));
	}

	/**
	 * This process is about to be the master that this makes known, and it takes some
	 * time to start.
	 */
	private static List<String> process(LaunchPlan plan, Path file) {
		Path socket = CommandSocket.of(Path.of(Command.text(plan.master().workDir())));
		List<String> flags = new ArrayList<>(MasterArchive.options(plan, file));
		if (socket != null) {
			flags.addAll(MasterProcess.flags(plan, socket));
		}
		return flags;
	}

	private static Command of(LaunchPlan plan, List<String> environment, List<String> process,
			List<String> programArguments) {
		List<String> arguments = new ArrayList<>();
		arguments.add(WorkerCommand.title("master", plan) + " java "
				+ String.join(" ", plan.command().main().stream().limit(2).toList()));
		arguments.addAll(JVM_FLAGS);
		if (plan.master().nativeDirectory() != null) {
			arguments.add("-Djffi.boot.library.path=" + plan.master().nativeDirectory());
		}
		arguments.addAll(process);
		arguments.add("-cp");
		arguments.add(String.join(":", plan.master().classPath()));
		arguments.add(MAIN);
		arguments.addAll(programArguments);
		List<String> variables = new ArrayList<>(commonEnvironment(environment));
		if (variables.stream().noneMatch((variable) -> variable.startsWith("_JAVA_SR_SIGNUM="))) {
			variables.add(OTHER_SUSPEND_SIGNAL);
		}
		return new Command(plan.java(), arguments, variables);
	}

	/**
	 * Return the environment of a master without what is meant for it alone.
	 * @param environment entries in byte form
	 */
	public static List<String> environmentOfWorkers(List<String> environment) {
		return environment.stream().filter((variable) -> !variable.equals(OTHER_SUSPEND_SIGNAL)).toList();
	}

	/**
	 * Return what master and workers have in common of the environment of the process
	 * that the user has started.
	 * @param environment entries in byte form
	 */
	public static List<String> commonEnvironment(List<String> environment) {
		return environmentOfWorkers(environment).stream().filter((variable) -> !isForJvm(variable)).toList();
	}

	/**
	 * Whether an environment entry holds JVM options.
	 */
	public static boolean isForJvm(String variable) {
		return JVM_VARIABLES.contains(variable.substring(0, Math.max(0, variable.indexOf('='))));
	}

}
