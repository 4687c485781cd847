package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.unicorn.launch.generation.Sha256;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.launch.workdir.SessionDirectory;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import org.jspecify.annotations.Nullable;

/**
 * Builds the commands of workers and of the processes that prepare or train for them.
 * System properties, not environment variables, tell a process its role, because programs
 * that it starts would inherit the variables.
 */
public final class WorkerCommand {

	/**
	 * Descriptor of the control connection; set only in workers.
	 */
	public static final String CONTROL_PROPERTY = "io.unicorn.control";

	/**
	 * Listeners as {@code name:descriptor}, or {@code name:descriptor:unix} for a Unix
	 * socket, separated by commas.
	 */
	public static final String LISTENERS_PROPERTY = "io.unicorn.listeners";

	/**
	 * File into which a process writes the launch plan; set only in a process that
	 * prepares a roll-out.
	 */
	public static final String PREPARE_PROPERTY = "io.unicorn.prepare";

	/**
	 * JVM flag of a process that prepares a roll-out: it ends before the optimizing
	 * compiler would pay. It is not the user's, so workers do not get it.
	 */
	public static final String PREPARE_FLAG = "-XX:TieredStopAtLevel=1";

	/**
	 * Spring's property that ends the JVM when the context is built, before anything is
	 * started. A process that prepares or trains has {@value #EXIT_EARLY}. Without it,
	 * new code without the starter would run as a second instance of the application.
	 */
	public static final String EXIT_PROPERTY = "spring.context.exit";

	private static final String EXIT_EARLY = "onRefresh";

	/**
	 * Ports that the pool listens on, as {@code name:port}, separated by commas. A port
	 * that is configured as a random number stays what it was at the start.
	 */
	public static final String PORTS_PROPERTY = "io.unicorn.ports";

	/**
	 * Names of the sockets that a service manager has passed to the process of the pool,
	 * from descriptor 3 on, separated by colons; set in a process that prepares, and in
	 * one that runs without the pool.
	 */
	public static final String PASSED_PROPERTY = "io.unicorn.passed";

	/**
	 * Whether the output of the pool goes to a terminal; set in a process that prepares.
	 */
	public static final String TERMINAL_PROPERTY = "io.unicorn.terminal";

	/**
	 * Index of the worker, which every worker sets itself; {@value #TRAINING} in a
	 * process that trains a class-data cache.
	 */
	public static final String INDEX_PROPERTY = "unicorn.worker";

	/** Stands for the index in a process that trains a cache. */
	public static final String TRAINING = "training";

	/**
	 * Index of the worker, for properties of the application; {@value #NO_WORKER} in
	 * every other process, so that these properties have a value there as well.
	 */
	public static final String PLACE_PROPERTY = "unicorn.worker.index";

	/**
	 * Id of the worker, for properties of the application; {@value #NO_WORKER} in every
	 * other process.
	 */
	public static final String ID_PROPERTY = "unicorn.worker.id";

	/** Stands for the index of the worker in JVM flags. */
	public static final String PLACEHOLDER = WorkerFlags.PLACEHOLDER;

	/** The index and the id in a process that is no worker; no worker has this id. */
	public static final String NO_WORKER = "0";

	/**
	 * Directory of the sockets by which the workers of a pool send each other messages.
	 */
	public static final String GROUP_PROPERTY = "io.unicorn.group";

	/**
	 * Directory of the HTTP sessions of this application and address.
	 */
	public static final String SESSIONS_PROPERTY = "io.unicorn.sessions";

	/** Set in the first worker of a master, which prints the banner. */
	public static final String FIRST_PROPERTY = "io.unicorn.first";

	/**
	 * Why there is no pool; set in an application that runs without one because its
	 * master could not start.
	 */
	public static final String OBSTACLE_PROPERTY = "io.unicorn.obstacle";

	/** Lets the application report its configuration, and end. */
	public static final String CHECK_PROPERTY = "io.unicorn.check";

	/** The report for which the application builds its context, as in a training. */
	public static final String DOCTOR = "doctor";

	/** The same with exit status 1 if something is found. */
	public static final String STRICT_DOCTOR = "doctor-strict";

	private static final long FIRST_ID = 1;

	/** Enough for the few applications of one user. */
	private static final int SESSION_KEY_BYTES = 8;

	/** Descriptors 0 to 2 are the standard streams. */
	private static final int CONTROL_FD = 3;

	private WorkerCommand() {
	}

	/**
	 * Build the command of a worker.
	 * @param plan how workers are launched
	 * @param listeners the listeners of the plan's addresses, in the same order
	 * @param environment the environment of the master, in byte form
	 * @param index index of the worker, shown in its process title
	 * @param id number of the worker; that of the first one of a pool is 1
	 * @param exclusive whether it gets flags that only one process can have
	 * @param leading JVM flags in front of all others, in byte form
	 */
	public static Command of(LaunchPlan plan, List<Listener> listeners, List<String> environment, int index, long id,
			boolean exclusive, List<String> leading) {
		WorkerFlags place = WorkerFlags.of(index);
		Function<String, @Nullable String> flags = (flag) -> (exclusive || !ExclusiveFlag.is(flag)) ? place.in(flag)
				: null;
		List<String> arguments = new ArrayList<>();
		arguments.add(title("worker " + index, plan));
		arguments.addAll(leading);
		addChanged(plan.workers().options(), flags, arguments);
		arguments.add("-D" + CONTROL_PROPERTY + "=" + CONTROL_FD);
		arguments.add("-D" + LISTENERS_PROPERTY + "=" + listeners(plan, listeners));
		arguments.add("-D" + PLACE_PROPERTY + "=" + index);
		arguments.add("-D" + ID_PROPERTY + "=" + id);
		arguments.add("-D" + PORTS_PROPERTY + "=" + ports(plan));
		if (id == FIRST_ID) {
			arguments.add("-D" + FIRST_PROPERTY + "=true");
		}
		addChanged(plan.workers().command().options(), flags, arguments);
		arguments.addAll(main(plan));
		return new Command(plan.workers().java(), arguments, variables(plan, environment, flags));
	}

	/**
	 * Build the command of the application as the user has started it, without a pool.
	 * @param plan how workers would be launched
	 * @param environment the environment of the master, in byte form
	 * @param obstacle why there is no pool, as a clause for the log
	 */
	public static Command withoutPool(LaunchPlan plan, List<String> environment, String obstacle) {
		JavaCommandLine user = plan.workers().command();
		List<String> arguments = new ArrayList<>();
		arguments.add(user.executable());
		arguments.add("-D" + OBSTACLE_PROPERTY + "=" + Command.bytes(obstacle));
		if (!plan.bindings().passed().isEmpty()) {
			arguments.add(passed(plan));
		}
		arguments.addAll(user.options());
		arguments.addAll(user.main());
		List<String> variables = new ArrayList<>(environment);
		variables.addAll(plan.workers().environment());
		return new Command(plan.workers().java(), arguments, variables);
	}

	/**
	 * Build the command of a process that prepares a roll-out: it writes the launch plan
	 * of the application as it is now.
	 * @param plan how the present workers are launched
	 * @param environment the environment of the master, in byte form
	 * @param file the file to write the plan to
	 */
	public static Command preparing(LaunchPlan plan, List<String> environment, Path file) {
		JavaCommandLine user = plan.workers().command();
		List<String> arguments = new ArrayList<>();
		arguments.add(title("preparing", plan));
		arguments.add(PREPARE_FLAG);
		arguments.add("-D" + PREPARE_PROPERTY + "=" + Command.bytes(file));
		arguments.add("-D" + EXIT_PROPERTY + "=" + EXIT_EARLY);
		arguments.add("-D" + TERMINAL_PROPERTY + "=" + plan.workers().options().contains(LaunchPlan.TERMINAL_OPTION));
		arguments.add("-D" + PORTS_PROPERTY + "=" + ports(plan));
		arguments.add(passed(plan));
		arguments.add("-D" + MachineResources.PROCESSORS_PROPERTY + "=" + Runtime.getRuntime().availableProcessors());
		Function<String, @Nullable String> flags = shortLived("-preparing");
		addChanged(user.options(), flags, arguments);
		arguments.addAll(user.main());
		return new Command(plan.workers().java(), arguments, variables(plan, environment, flags));
	}

	/**
	 * Build the command of a process that trains a class-data cache: it builds the
	 * application's context as a worker does. It has no control connection and no
	 * listeners, and ends before anything is started in the context.
	 * @param plan how workers are launched
	 * @param environment the environment of the master, in byte form
	 * @param makingFlags JVM flags that make the JVM write the cache, in byte form
	 */
	public static Command training(LaunchPlan plan, List<String> environment, List<String> makingFlags) {
		List<String> arguments = new ArrayList<>();
		arguments.add(title(TRAINING, plan));
		arguments.addAll(makingFlags);
		Function<String, @Nullable String> flags = shortLived("-" + TRAINING);
		addChanged(plan.workers().options(), flags, arguments);
		arguments.add("-D" + INDEX_PROPERTY + "=" + TRAINING);
		arguments.add("-D" + LISTENERS_PROPERTY + "="
				+ plan.bindings()
					.addresses()
					.stream()
					.map((address) -> address.name() + ":-1")
					.collect(Collectors.joining(",")));
		arguments.add("-D" + PORTS_PROPERTY + "=" + ports(plan));
		arguments.add("-D" + EXIT_PROPERTY + "=" + EXIT_EARLY);
		addChanged(plan.workers().command().options(), flags, arguments);
		arguments.addAll(main(plan));
		return new Command(plan.workers().java(), arguments, variables(plan, environment, flags));
	}

	/**
	 * Return what changes the flags of a process that ends before it would serve: it has
	 * none that only one process can have, and does not write into the logs of a worker.
	 * @param suffix what is added to the names of other files
	 */
	private static Function<String, @Nullable String> shortLived(String suffix) {
		WorkerFlags place = new WorkerFlags(NO_WORKER, suffix);
		return (flag) -> (ExclusiveFlag.is(flag) || WorkerFlags.isRecord(flag)) ? null : place.in(flag);
	}

	private static void addChanged(List<String> flags, Function<String, @Nullable String> change,
			List<String> arguments) {
		flags.stream().map(change).filter(Objects::nonNull).forEach(arguments::add);
	}

	private static List<String> main(LaunchPlan plan) {
		List<String> main = new ArrayList<>(plan.workers().command().main());
		if (plan.workers().generation() != null) {
			main.set(1, Command.bytes(plan.workers().generation().jar()));
		}
		return main;
	}

	private static List<String> variables(LaunchPlan plan, List<String> environment,
			Function<String, @Nullable String> flags) {
		List<String> variables = new ArrayList<>(environment);
		plan.workers().environment().forEach((variable) -> variables.add(JvmVariable.of(variable).with(flags)));
		return variables;
	}

	/**
	 * Return a process title for argument 0: {@code ps} shows the role, and a search for
	 * the name of the jar still finds the process.
	 * @param role the role of the process, such as {@code worker 0}
	 */
	public static String title(String role, LaunchPlan plan) {
		String name = plan.application().isEmpty() ? "" : " [" + Command.bytes(plan.application()) + "]";
		return "unicorn: " + role + name;
	}

	/**
	 * Return the JVM flag that names the directory of the HTTP sessions. It is the same
	 * after a restart of the application: the one with this name, or from this path, at
	 * this address. At a port that the system chooses, no client finds the application
	 * again, so the directory is that of this process.
	 */
	public static List<String> sessions(LaunchPlan plan) {
		Path workDir = Path.of(Command.text(plan.master().workDir()));
		List<ListenAddress> addresses = plan.bindings().addresses();
		try {
			boolean random = addresses.isEmpty()
					|| (addresses.get(0).bind() instanceof BindAddress.Tcp tcp && tcp.port() == 0);
			Path directory = random ? SessionDirectory.ofProcess(workDir)
					: SessionDirectory.of(workDir, sessionKey(plan, addresses.get(0)));
			return List.of("-D" + SESSIONS_PROPERTY + "=" + Command.bytes(directory));
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	private static String sessionKey(LaunchPlan plan, ListenAddress address) {
		JavaCommandLine user = plan.workers().command();
		String jar = user.jar();
		String program = (jar != null) ? Path.of(Command.text(jar)).toAbsolutePath().normalize().toString()
				: Path.of("").toAbsolutePath() + " " + user.main();
		String application = plan.application().isEmpty() ? program : plan.application();
		byte[] hash = Sha256.of((application + "\n" + address.key()).getBytes(StandardCharsets.UTF_8));
		return HexFormat.of().formatHex(hash, 0, SESSION_KEY_BYTES);
	}

	private static String passed(LaunchPlan plan) {
		return "-D" + PASSED_PROPERTY + "=" + Command.bytes(String.join(":", plan.bindings().passed()));
	}

	private static String ports(LaunchPlan plan) {
		return plan.bindings()
			.addresses()
			.stream()
			.map((address) -> address.name() + ":" + address.port())
			.collect(Collectors.joining(","));
	}

	private static String listeners(LaunchPlan plan, List<Listener> listeners) {
		StringJoiner joiner = new StringJoiner(",");
		int fd = CONTROL_FD + 1;
		for (ListenAddress address : plan.bindings().addresses()) {
			boolean unix = listeners.get(fd - CONTROL_FD - 1).isUnix();
			joiner.add(address.name() + ":" + fd++ + (unix ? ":unix" : ""));
		}
		return joiner.toString();
	}

}
