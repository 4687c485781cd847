package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.unicorn.launch.workdir.ProcessTable;
import io.unicorn.posix.Command;
import io.unicorn.posix.OwnUser;
import org.jspecify.annotations.Nullable;

/**
 * Describes a running master. Its data are on its command line, which the kernel keeps: a
 * file with them could be out of date, and would have to be found first. Immutable.
 *
 * @param pid its process id
 * @param user number of the user that it acts as
 * @param application the jar file that it was started with, or the main class
 * @param workDir its work dir
 * @param socket its command socket
 */
public record PoolProcess(int pid, String user, String application, Path workDir, Path socket) {

	private static final String APPLICATION = "-Dio.unicorn.application=";

	private static final String WORK_DIR = "-Dio.unicorn.work-dir=";

	private static final String SOCKET = "-D" + MasterCommand.SOCKET_PROPERTY + "=";

	private static final String ROOT = "0";

	/**
	 * Return the flags on the command line of a master by which it is found, in byte
	 * form.
	 */
	static List<String> flags(LaunchPlan plan, Path socket) {
		return List.of(APPLICATION + Command.bytes(application(plan.workers().command())),
				WORK_DIR + plan.master().workDir(), SOCKET + Command.bytes(socket));
	}

	/**
	 * Return the application that a command line runs: the absolute path of a jar file,
	 * or the name of a class or module.
	 * @return an ordinary string, empty if the command line does not name the application
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

	/**
	 * Return the absolute path, or the name itself if this JVM cannot express it (POSIX
	 * locale).
	 */
	private static String absolute(String file) {
		try {
			return Path.of(file).toAbsolutePath().normalize().toString();
		}
		catch (InvalidPathException ex) {
			return file;
		}
	}

	/**
	 * Return the masters that the user of this process may command, sorted by process id:
	 * those of the same user, or all for root. Another user could start a program that
	 * looks like a master and sends false answers; so a master acts as one user alone,
	 * unlike a program that changes its user, and that user owns the directory of its
	 * socket.
	 * @throws IOException if processes cannot be listed
	 */
	public static List<PoolProcess> all() throws IOException {
		return all(new ProcessTable(), PoolProcess::owner);
	}

	static List<PoolProcess> all(ProcessTable processes, Function<Path, Optional<String>> owners) throws IOException {
		String self = processes.user("self").orElseThrow(() -> new IOException("/proc/self/status cannot be read"));
		return processes.pids()
			.stream()
			.sorted()
			.flatMap((pid) -> of(pid, processes).stream())
			.filter((master) -> self.equals(ROOT) || self.equals(master.user))
			.filter((master) -> owners.apply(master.socket.resolveSibling("")).map(master.user::equals).orElse(true))
			.toList();
	}

	/** Return whether a process is the master of a pool, of any user. */
	static boolean isMaster(int pid, ProcessTable processes) {
		return of(pid, processes).isPresent() && processes.startTime(pid).isPresent();
	}

	private static Optional<PoolProcess> of(int pid, ProcessTable processes) {
		List<String> arguments = processes.arguments(pid);
		// Arguments behind the main class may look like flags.
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
			return Optional.of(new PoolProcess(pid, user, application, Path.of(workDir), Path.of(socket)));
		}
		catch (InvalidPathException ex) {
			return Optional.empty();
		}
	}

	private static Optional<String> owner(Path directory) {
		try {
			Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
			return Optional.of(Integer.toUnsignedString((Integer) owner));
		}
		catch (IOException ex) {
			// A command to the master says why the socket cannot be used.
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
	 * Return whether the process has not ended.
	 */
	public boolean isAlive() {
		return new ProcessTable().startTime(this.pid).isPresent();
	}

	/**
	 * Return whether the master acts as the user of this process.
	 * @throws IOException if that user cannot be read from {@code /proc}
	 */
	public boolean isOwn() throws IOException {
		return this.user.equals(Integer.toUnsignedString(OwnUser.id()));
	}

	/**
	 * Return whether this is a pool of an application. Paths of the same jar file are
	 * equal.
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
