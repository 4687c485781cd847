package io.unicorn.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.unicorn.launch.CommandSocket;
import io.unicorn.launch.MasterProcess;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pool that a command is for: the only one of the application whose jar the
 * command was started from, or the one that the operator names.
 */
final class Targets {

	private final String application;

	/**
	 * Create.
	 * @param application what the command was started from, empty if that is not known
	 */
	Targets(String application) {
		this.application = application;
	}

	/**
	 * Return the pool that is meant.
	 * @throws CommandFailedException if there is none, or more than one
	 */
	Target choose(Arguments arguments) throws CommandFailedException {
		Path workDir = arguments.workDir();
		try {
			if (workDir != null) {
				List<Target> found = in(workDir);
				return theOne(named(found, arguments.pid()), found, "no pool takes commands in " + workDir);
			}
			List<MasterProcess> masters = MasterProcess.all();
			List<Target> all = masters.stream().map(Targets::target).toList();
			if (arguments.pid() != null) {
				return theOne(named(all, arguments.pid()), all,
						"process " + arguments.pid() + " is not the master of a pool that takes your commands");
			}
			List<Target> own = masters.stream()
				.filter((master) -> this.application.isEmpty() || master.runs(this.application))
				.map(Targets::target)
				.toList();
			return theOne(own, all, this.application.isEmpty() ? "no pool of yours is running"
					: "no pool of " + this.application + " is running, or none that takes your commands");
		}
		catch (IOException ex) {
			throw new CommandFailedException(CommandFailedException.FAILED, "pools cannot be looked for: " + ex);
		}
	}

	private static List<Target> named(List<Target> targets, @Nullable Integer pid) {
		return targets.stream().filter((target) -> pid == null || target.pid() == pid).toList();
	}

	private static Target target(MasterProcess master) {
		return new Target(master.pid(), PlainText.of(master.application()) + " (pid " + master.pid() + ")",
				master.socket(), master::isAlive);
	}

	private Target theOne(List<Target> chosen, List<Target> all, String none) throws CommandFailedException {
		if (chosen.size() == 1) {
			return chosen.get(0);
		}
		String message;
		if (!chosen.isEmpty()) {
			message = "several pools are running, choose one with --pid:\n" + list(chosen);
		}
		else if (!all.isEmpty()) {
			message = none + "\nthese are, choose one with --pid:\n" + list(all);
		}
		else {
			message = none + (this.application.startsWith("/") ? "\nstart it with: java -jar " + this.application : "");
		}
		throw new CommandFailedException(CommandFailedException.FAILED, message);
	}

	private static String list(List<Target> targets) {
		return targets.stream().map((target) -> "  " + target.description()).collect(Collectors.joining("\n"));
	}

	/**
	 * The pools of a private directory, whose processes may be out of sight. A socket
	 * that somebody listens on is that of a pool that runs.
	 */
	private static List<Target> in(Path workDir) throws IOException {
		List<Target> found = new ArrayList<>();
		Path directory = workDir.toAbsolutePath().normalize().resolve(CommandSocket.DIRECTORY);
		if (!Files.isDirectory(directory)) {
			return found;
		}
		try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, "*-*-*")) {
			for (Path socket : sockets) {
				if (isListening(socket)) {
					int pid = CommandSocket.pid(socket);
					found.add(new Target(pid, "the pool in " + workDir + " (pid " + pid + ")", socket,
							() -> Files.exists(socket)));
				}
			}
		}
		return found;
	}

	private static boolean isListening(Path socket) {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
			return channel.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
