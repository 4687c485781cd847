package io.unicorn.launch.workdir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Names the Unix socket on which a master takes commands. The name consists of the pid
 * namespace, the process id and the start time of the process, so that the sockets of
 * pools that share a work dir differ, also those of two containers.
 */
public final class CommandSocket {

	/** Name of the directory of sockets in the work dir. */
	public static final String DIRECTORY = "commands";

	/** {@code sun_path} has 108 bytes, of which the JDK leaves the last two alone. */
	static final int MOST_BYTES = 106;

	private CommandSocket() {
	}

	/**
	 * Return the path of the socket of this process. If the name of the work dir is too
	 * long for a socket, the path is in the first default work dir that can be used.
	 * @param workDir the work dir
	 * @return the path, or {@code null} if every path is too long, or if {@code /proc}
	 * cannot be read
	 */
	public static @Nullable Path of(Path workDir) {
		return of(workDir, DIRECTORY, 0);
	}

	/**
	 * Return a path in the work dir whose name is that of this process, or in the first
	 * default work dir that can be used.
	 * @param directory name of its directory in the work dir
	 * @param spare the bytes that a socket may have beyond the path
	 * @return the path, or {@code null} if every path is too long, or if {@code /proc}
	 * cannot be read
	 */
	static @Nullable Path of(Path workDir, String directory, int spare) {
		try {
			String name = new ProcessTable().identity((int) ProcessHandle.current().pid());
			Path usual = choose(List.of(workDir), directory, name, spare);
			return (usual != null) ? usual : choose(
					DefaultWorkDirs.all().stream().filter(CommandSocket::canBeUsed).toList(), directory, name, spare);
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static boolean canBeUsed(Path directory) {
		try {
			WorkDir.open(directory);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	static @Nullable Path choose(List<Path> workDirs, String directory, String name, int spare) {
		return workDirs.stream()
			.map((workDir) -> workDir.toAbsolutePath().normalize().resolve(directory).resolve(name))
			.filter((path) -> Command.bytes(path).length() + spare <= MOST_BYTES)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return the process id of the master to which a socket belongs, as its own pid
	 * namespace counts.
	 * @param socket a path that {@link #of} has returned in some process
	 * @return the id, or 0 for any other name
	 */
	public static int pid(Path socket) {
		String[] parts = socket.getFileName().toString().split("-", -1);
		return (parts.length == 3 && parts[1].matches("[0-9]{1,9}")) ? Integer.parseInt(parts[1]) : 0;
	}

	/**
	 * Return whether no process listens at a socket, in this container or in another.
	 * During an upgrade, a master does not listen for a moment. Does not block.
	 */
	public static boolean isAbandoned(Path socket) {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// The backlog of a master that is stopped (SIGSTOP) may be full.
			channel.configureBlocking(false);
			channel.connect(UnixDomainSocketAddress.of(socket));
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Return whether the process has ended to which a socket belongs, as far as this
	 * process can see it: not for a socket of another pid namespace.
	 * @param socket a path that {@link #of} has returned in some process
	 */
	public static boolean hasEnded(Path socket) {
		String[] parts = socket.getFileName().toString().split("-", -1);
		int pid = pid(socket);
		try {
			ProcessTable processes = new ProcessTable();
			return pid != 0 && processes.namespace().equals(parts[0])
					&& !processes.startTime(pid).filter(parts[2]::equals).isPresent();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Create the directory of a socket, and check that other users cannot use it.
	 * @param socket a path that {@link #of} has returned
	 * @throws UnsafeWorkDirException if other users can use it, or a directory above it
	 * in the work dir
	 * @throws IOException if it cannot be created
	 */
	public static void secure(Path socket) throws IOException {
		Path workDir = socket.resolve("../..").normalize();
		WorkDir.reopen(workDir).directory(DIRECTORY);
		WorkDir.reopen(workDir.resolve(DIRECTORY));
	}

}
