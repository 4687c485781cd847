package io.unicorn.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.unicorn.posix.Command;

/**
 * Builds the command that starts a worker. A worker knows by system properties that it is
 * one; its environment would be inherited by programs that it starts itself.
 */
public final class WorkerCommand {

	/**
	 * Number of the descriptor of the control channel; set in a worker and nowhere else.
	 */
	public static final String CONTROL_PROPERTY = "io.unicorn.control";

	/** Listeners as {@code name:descriptor}, separated by commas. */
	public static final String LISTENERS_PROPERTY = "io.unicorn.listeners";

	/**
	 * Set in a process that is to write down how workers are launched, and nothing more:
	 * the file to write to.
	 */
	public static final String PREPARE_PROPERTY = "io.unicorn.prepare";

	/**
	 * JVM flag of such a process, which does not live long enough for the optimizing
	 * compiler to pay. Not the user's, so not one to be passed on to workers.
	 */
	public static final String PREPARE_FLAG = "-XX:TieredStopAtLevel=1";

	/**
	 * Spring's own switch by which a context ends the JVM when it is built, and before
	 * anything is started. Set to {@value #EXIT_EARLY} beside the file: code that has
	 * lost the starter would otherwise become a second instance of the whole application.
	 */
	public static final String EXIT_PROPERTY = "spring.context.exit";

	private static final String EXIT_EARLY = "onRefresh";

	/** Whether the output of the pool goes to a terminal; set beside the file. */
	public static final String TERMINAL_PROPERTY = "io.unicorn.terminal";

	/**
	 * Set in every worker by itself, to its number. Set from outside to
	 * {@value #TRAINING} in a process that records what a cache of class data is made of.
	 */
	public static final String INDEX_PROPERTY = "unicorn.worker";

	/** In place of a worker's number. */
	public static final String TRAINING = "training";

	/** Set in the first worker of a master, which prints the banner. */
	public static final String FIRST_PROPERTY = "io.unicorn.first";

	/** Descriptors 0 to 2 are the standard streams. */
	private static final int CONTROL_FD = 3;

	private static final Pattern EXCLUSIVE_IN_TEXT = Pattern.compile(
			"(?<=^[A-Z_]{1,30}=|[\\s\"'])(?:-Dcom\\.sun\\.management\\.jmxremote\\.(?:rmi\\.)?port=|-agentlib:jdwp=|-Xrunjdwp:)[^\\s\"']*");

	/**
	 * What flags begin with that say where to write a log, which is not to be written by
	 * a process that serves nobody: {@code -Xlog:}, {@code -Xloggc:}.
	 */
	private static final String LOGGING = "-Xlog";

	private WorkerCommand() {
	}

	/**
	 * Build a command.
	 * @param plan how workers are launched
	 * @param environment the environment of the master, in byte form
	 * @param index number of the worker, shown in its process title
	 * @param first whether it is the first worker of this master
	 * @param exclusive whether it gets flags that only one process can have
	 * @param leading JVM flags in front of all others, in byte form
	 */
	public static Command of(LaunchPlan plan, List<String> environment, int index, boolean first, boolean exclusive,
			List<String> leading) {
		JavaCommandLine user = exclusive ? plan.command() : plan.command().withoutExclusive();
		List<String> arguments = new ArrayList<>();
		arguments.add(title("worker " + index, plan));
		arguments.addAll(leading);
		plan.workerOptions()
			.stream()
			.filter((option) -> exclusive || !JavaCommandLine.isExclusive(option))
			.forEach(arguments::add);
		arguments.add("-D" + CONTROL_PROPERTY + "=" + CONTROL_FD);
		arguments.add("-D" + LISTENERS_PROPERTY + "=" + listeners(plan));
		if (first) {
			arguments.add("-D" + FIRST_PROPERTY + "=true");
		}
		arguments.addAll(user.options());
		arguments.addAll(main(plan));
		return new Command(plan.java(), arguments, variables(plan, environment, exclusive));
	}

	/**
	 * Build the command of a process that finds out how workers of the application, as it
	 * is now, are launched.
	 * @param plan how the present workers are launched
	 * @param environment the environment of the master, in byte form
	 * @param file where it is to put its launch plan
	 */
	public static Command preparing(LaunchPlan plan, List<String> environment, Path file) {
		JavaCommandLine user = plan.command().withoutExclusive();
		List<String> arguments = new ArrayList<>();
		arguments.add(title("preparing", plan));
		arguments.add(PREPARE_FLAG);
		arguments.add("-D" + PREPARE_PROPERTY + "=" + Command.bytes(file));
		arguments.add("-D" + EXIT_PROPERTY + "=" + EXIT_EARLY);
		arguments.add("-D" + TERMINAL_PROPERTY + "=" + plan.workerOptions().contains(LaunchPlan.TERMINAL_OPTION));
		arguments.add("-D" + Machine.PROCESSORS_PROPERTY + "=" + Runtime.getRuntime().availableProcessors());
		arguments.addAll(user.options());
		arguments.addAll(user.main());
		return new Command(plan.java(), arguments, variables(plan, environment, false));
	}

	/**
	 * Build the command of a process that builds the application's context as a worker
	 * does, and leaves a cache of the data of its classes. It has no control channel and
	 * no listeners, and ends before anything is started in the context.
	 * @param plan how workers are launched
	 * @param environment the environment of the master, in byte form
	 * @param making the cache that is being made
	 */
	public static Command training(LaunchPlan plan, List<String> environment, CacheInMaking making) {
		List<String> arguments = new ArrayList<>();
		arguments.add(title(TRAINING, plan));
		arguments.addAll(making.cache().making(making.file()));
		plan.workerOptions().stream().filter(WorkerCommand::isForTraining).forEach(arguments::add);
		arguments.add("-D" + INDEX_PROPERTY + "=" + TRAINING);
		arguments.add("-D" + LISTENERS_PROPERTY + "="
				+ plan.addresses().stream().map((address) -> address.name() + ":-1").collect(Collectors.joining(",")));
		arguments.add("-D" + EXIT_PROPERTY + "=" + EXIT_EARLY);
		plan.command().options().stream().filter(WorkerCommand::isForTraining).forEach(arguments::add);
		arguments.addAll(main(plan));
		return new Command(plan.java(), arguments, variables(plan, environment, false));
	}

	private static boolean isForTraining(String option) {
		return !JavaCommandLine.isExclusive(option) && !option.startsWith(LOGGING);
	}

	private static List<String> main(LaunchPlan plan) {
		List<String> main = new ArrayList<>(plan.command().main());
		if (plan.generation() != null) {
			main.set(1, Command.bytes(plan.generation().jar()));
		}
		return main;
	}

	private static List<String> variables(LaunchPlan plan, List<String> environment, boolean exclusive) {
		List<String> variables = new ArrayList<>(environment);
		for (String variable : plan.workerEnvironment()) {
			variables.add(exclusive ? variable : EXCLUSIVE_IN_TEXT.matcher(variable).replaceAll(""));
		}
		return variables;
	}

	/**
	 * Return a process title, which takes the place of argument 0: {@code ps} shows the
	 * role, and a search for the jar's name still finds the process.
	 * @param role what the process is
	 */
	public static String title(String role, LaunchPlan plan) {
		String name = plan.application().isEmpty() ? "" : " [" + Command.bytes(plan.application()) + "]";
		return "unicorn: " + role + name;
	}

	private static String listeners(LaunchPlan plan) {
		StringJoiner joiner = new StringJoiner(",");
		int fd = CONTROL_FD + 1;
		for (ListenAddress address : plan.addresses()) {
			joiner.add(address.name() + ":" + fd++);
		}
		return joiner.toString();
	}

}
