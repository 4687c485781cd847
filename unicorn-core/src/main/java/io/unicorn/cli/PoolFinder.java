package io.unicorn.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.unicorn.launch.plan.PoolProcess;
import io.unicorn.launch.workdir.CommandSocket;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pool of a command: the only pool that runs the jar from which the command was
 * started, or the pool that the operator selects by an option.
 */
final class PoolFinder {

	private final String application;

	/**
	 * Create.
	 * @param application the jar or main class from which the command was started, empty
	 * if not known
	 */
	PoolFinder(String application) {
		this.application = application;
	}

	/**
	 * Return the pool.
	 * @throws CommandFailedException if there is none, or more than one
	 */
	FoundPool find(Arguments arguments) throws CommandFailedException {
		Path workDir = arguments.workDir();
		try {
			if (workDir != null) {
				List<FoundPool> found = in(workDir);
				return single(withPid(found, arguments.pid()), found, "no pool takes commands in " + workDir);
			}
			List<PoolProcess> masters = PoolProcess.all();
			List<FoundPool> all = of(masters);
			if (arguments.pid() != null) {
				return single(withPid(all, arguments.pid()), all,
						"process " + arguments.pid() + " is not the master of a pool that takes your commands");
			}
			List<PoolProcess> running = masters.stream()
				.filter((master) -> this.application.isEmpty() || master.runs(this.application))
				.toList();
			return single(of(preferOwn(running)), all, this.application.isEmpty() ? "no pool of yours is running"
					: "no pool of " + this.application + " is running, or none that takes your commands");
		}
		catch (IOException ex) {
			throw new CommandFailedException(CommandFailedException.FAILED, "cannot look for pools: " + ex);
		}
	}

	private static List<FoundPool> withPid(List<FoundPool> pools, @Nullable Integer pid) {
		return pools.stream().filter((pool) -> pid == null || pool.pid() == pid).toList();
	}

	/**
	 * Root may command the pools of all users, and any user may run the same application.
	 */
	private static List<PoolProcess> preferOwn(List<PoolProcess> masters) throws IOException {
		List<PoolProcess> own = new ArrayList<>();
		for (PoolProcess master : masters) {
			if (master.isOwn()) {
				own.add(master);
			}
		}
		return own.isEmpty() ? masters : own;
	}

	private static List<FoundPool> of(List<PoolProcess> masters) throws IOException {
		List<FoundPool> pools = new ArrayList<>();
		for (PoolProcess master : masters) {
			String user = master.isOwn() ? "" : ", user " + master.user();
			pools.add(new FoundPool(master.pid(),
					PlainText.of(master.application()) + " (pid " + master.pid() + user + ")", master.socket(),
					master::isAlive));
		}
		return pools;
	}

	private FoundPool single(List<FoundPool> chosen, List<FoundPool> all, String none) throws CommandFailedException {
		if (chosen.size() == 1) {
			return chosen.get(0);
		}
		String message;
		if (!chosen.isEmpty()) {
			message = "several pools are running, choose one with --pid:\n" + list(chosen);
		}
		else if (!all.isEmpty()) {
			message = none + "\nother pools are running, choose one with --pid:\n" + list(all);
		}
		else {
			message = none + (this.application.startsWith("/") ? "\nstart it with: java -jar " + this.application : "");
		}
		throw new CommandFailedException(CommandFailedException.FAILED, message);
	}

	private static String list(List<FoundPool> pools) {
		return pools.stream().map((pool) -> "  " + pool.description()).collect(Collectors.joining("\n"));
	}

	/**
	 * Return the pools that use a work dir. Their processes may be in another container,
	 * so a pool counts as running if its socket accepts connections.
	 */
	private static List<FoundPool> in(Path workDir) throws IOException {
		List<FoundPool> found = new ArrayList<>();
		Path directory = workDir.toAbsolutePath().normalize().resolve(CommandSocket.DIRECTORY);
		if (!Files.isDirectory(directory)) {
			return found;
		}
		try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, "*-*-*")) {
			for (Path socket : sockets) {
				if (!CommandSocket.isAbandoned(socket)) {
					int pid = CommandSocket.pid(socket);
					found.add(new FoundPool(pid, "the pool in " + workDir + " (pid " + pid + ")", socket,
							() -> Files.exists(socket)));
				}
			}
		}
		return found;
	}

}
