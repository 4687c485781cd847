package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * A master that runs. What has to be known of it stands on its command line, where the
 * kernel keeps it: a file that says so could be out of date, and would have to be found
 * first.
 *
 * @param pid its process id
 * @param user number of the user that it acts as
 * @param application the jar file that it was started with, or the main class
 * @param workDir its private directory
 * @param socket where it takes commands
 */
public record MasterProcess(int pid, String user, String application, Path workDir, Path socket) {

	private static final String APPLICATION = "-Dio.unicorn.application=";

	private static final String WORK_DIR = "-Dio.unicorn.work-dir=";

	private static final String SOCKET = "-D" + MasterCommand.SOCKET_PROPERTY + "=";

	private static final String ROOT = "0";

	/**
	 * Return what a master has to have on its command line to be found, in byte form.
	 */
	static List<String> flags(LaunchPlan plan, Path socket) {
		return List.of(APPLICATION + Command.bytes(application(plan.command())), WORK_DIR + plan.master().workDir(),
				SOCKET + Command.bytes(socket));
	}

	/**
	 * Return what a command line runs: the path of a jar file, or the name of a class or
	 * module; empty if that is not to be seen.
	 */
	public static String application(JavaCommandLine command) {
		String jar = command.jar();
		if (jar != null) {
			return absolute(Command.text(jar));
		}
		return command.main()
			.stream()
			.filter((part) -> !part.startsWith("-"))
			.findFirst()
			.map(Command::text)
			.orElse("");
	}

	/** In the POSIX locale, there are files that a JVM cannot name. */
	private static String absolute(String file) {
		try {
			return Path.of(file).toAbsolutePath().normalize().toString();
		}
		catch (InvalidPathException ex) {
			return file;
		}
	}

	/**
	 * Return the masters that the user of this process may command: his own, or all if he
	 * is root. Somebody else could give a program of his the name of a master, and answer
	 * what he likes.
	 * @throws IOException if processes cannot be listed
	 */
	public static List<MasterProcess> all() throws IOException {
		return all(new ProcessTable());
	}

	static List<MasterProcess> all(ProcessTable processes) throws IOException {
		String self = processes.user("self").orElseThrow(() -> new IOException("/proc/self/status cannot be read"));
		return processes.pids()
			.stream()
			.sorted()
			.flatMap((pid) -> of(pid, processes).stream())
			.filter((master) -> self.equals(ROOT) || self.equals(master.user))
			.toList();
	}

	private static Optional<MasterProcess> of(int pid, ProcessTable processes) {
		List<String> arguments = processes.arguments(pid);
		// Behind its main class may be anything.
		List<String> flags = arguments.stream().takeWhile((argument) -> !argument.equals(MasterCommand.MAIN)).toList();
		String application = value(flags, APPLICATION);
		String workDir = value(flags, WORK_DIR);
		String socket = value(flags, SOCKET);
		String user = processes.user(Integer.toString(pid)).orElse(null);
		if (flags.size() == arguments.size() || application == null || workDir == null || socket == null
				|| user == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(new MasterProcess(pid, user, application, Path.of(workDir), Path.of(socket)));
		}
		catch (InvalidPathException ex) {
			return Optional.empty();
		}
	}

	private static @Nullable String value(List<String> flags, String name) {
		return flags.stream()
			.filter((flag) -> flag.startsWith(name))
			.map((flag) -> Command.text(flag.substring(name.length())))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Whether it has not ended.
	 */
	public boolean isAlive() {
		return new ProcessTable().startTime(this.pid).isPresent();
	}

	/**
	 * Whether this is a pool of that application. One jar file may have several paths.
	 * @param other a path of a jar file, or the name of a class or module
	 */
	public boolean runs(String other) {
		return this.application.equals(other)
				|| (isPath(this.application) && isPath(other) && isSameFile(this.application, other));
	}

	private static boolean isPath(String name) {
		return name.startsWith("/");
	}

	private static boolean isSameFile(String one, String other) {
		try {
			return Files.isSameFile(Path.of(one), Path.of(other));
		}
		catch (IOException | InvalidPathException ex) {
			return false;
		}
	}

}
