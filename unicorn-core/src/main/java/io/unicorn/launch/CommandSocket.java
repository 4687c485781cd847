package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Where a master takes commands: a socket in a private directory, named after the process
 * as its claims are, so that pools which share a directory do not meet, not even from two
 * containers.
 */
public final class CommandSocket {

	/** Its directory in the private one. */
	public static final String DIRECTORY = "commands";

	/** {@code sun_path} has 108 bytes, of which the JDK leaves the last two alone. */
	static final int MOST_BYTES = 106;

	/** In memory, and short. */
	private static final Path MEMORY = Path.of("/dev/shm");

	private CommandSocket() {
	}

	/**
	 * Return the path of the socket of this process. Where the private directory has too
	 * long a name for a socket, it is in the one that is the default, or in memory.
	 * @param workDir the private directory
	 * @return the path, or {@code null} if there is no place for it
	 */
	static @Nullable Path of(Path workDir) {
		try {
			String name = new ProcessTable().identity((int) ProcessHandle.current().pid());
			Path usual = WorkDir.defaultPath();
			return choose(List.of(workDir, usual, MEMORY.resolve(usual.getFileName())), name);
		}
		catch (IOException ex) {
			return null;
		}
	}

	static @Nullable Path choose(List<Path> directories, String name) {
		return directories.stream()
			.map((directory) -> directory.toAbsolutePath().normalize().resolve(DIRECTORY).resolve(name))
			.filter((path) -> Command.bytes(path).length() <= MOST_BYTES)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return the process id of the master that a socket belongs to, where that one runs.
	 * @param socket a path of three numbers, as this class names them
	 * @return the id, 0 if the path is not named so
	 */
	public static int pid(Path socket) {
		String[] parts = socket.getFileName().toString().split("-", -1);
		return (parts.length == 3 && parts[1].matches("[0-9]{1,9}")) ? Integer.parseInt(parts[1]) : 0;
	}

	/**
	 * Make sure that nobody else can reach into the directory of a socket.
	 * @throws UnsafeWorkDirException if somebody can
	 */
	public static void secure(Path socket) throws IOException {
		Path workDir = socket.resolve("../..").normalize();
		WorkDir.open(workDir).directory(DIRECTORY);
		WorkDir.open(workDir.resolve(DIRECTORY));
	}

}
