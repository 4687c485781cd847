package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Names the directory in which the workers of one pool have the sockets by which they
 * send each other messages. Its name is that of the pool's {@link CommandSocket}, and
 * stays through an upgrade of the master.
 */
public final class GroupDirectory {

	/** Name of the directory of all such directories in the work dir. */
	public static final String DIRECTORY = "groups";

	/** A slash, a dot, and the id of a worker. */
	static final int SOCKET_BYTES = 14;

	private GroupDirectory() {
	}

	/**
	 * Return the path of the directory of this process. It may not exist. If the name of
	 * the work dir is too long for sockets, the path is in the first default work dir
	 * that can be used.
	 * @param workDir the work dir
	 * @return the path, or {@code null} if every path is too long, or if {@code /proc}
	 * cannot be read
	 */
	public static @Nullable Path of(Path workDir) {
		return CommandSocket.of(workDir, DIRECTORY, SOCKET_BYTES);
	}

	/**
	 * Return whether no worker listens at any of the sockets in a directory.
	 */
	public static boolean isAbandoned(Path directory) {
		return sockets(directory).stream().allMatch(CommandSocket::isAbandoned);
	}

	/**
	 * Remove a directory with the sockets in it. What cannot be removed stays.
	 * @return whether it is gone
	 */
	public static boolean remove(Path directory) {
		try {
			for (Path socket : sockets(directory)) {
				Files.deleteIfExists(socket);
			}
			return Files.deleteIfExists(directory);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static List<Path> sockets(Path directory) {
		try (Stream<Path> sockets = Files.list(directory)) {
			return sockets.toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

}
