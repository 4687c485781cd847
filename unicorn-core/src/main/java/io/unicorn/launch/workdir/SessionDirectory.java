package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Names the directory in which the workers of a pool keep the HTTP sessions of their
 * clients. Workers set the time of its last modification each minute.
 */
public final class SessionDirectory {

	/** Name of the directory of all such directories in the work dir. */
	public static final String DIRECTORY = "sessions";

	/** An application that is started again within this time finds its sessions. */
	private static final Duration KEPT = Duration.ofDays(30);

	private SessionDirectory() {
	}

	/**
	 * Return the path of a directory that is the same after a restart of the master. It
	 * may not exist.
	 * @param workDir the work dir
	 * @param key what makes the application and its address unique, as a file name
	 */
	public static Path of(Path workDir, String key) {
		return workDir.toAbsolutePath().normalize().resolve(DIRECTORY).resolve(key);
	}

	/**
	 * Return the path of a directory for this process alone, and for those that it
	 * becomes by an upgrade. It may not exist.
	 * @param workDir the work dir
	 * @throws IOException if {@code /proc} cannot be read
	 */
	public static Path ofProcess(Path workDir) throws IOException {
		return of(workDir, new ProcessTable().identity((int) ProcessHandle.current().pid()));
	}

	/**
	 * Return whether nobody can want the sessions in a directory any more: its process
	 * has ended, or no worker has used it for thirty days.
	 */
	public static boolean isAbandoned(Path directory, Instant now) {
		try {
			return CommandSocket.hasEnded(directory) || Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
				.toInstant()
				.isBefore(now.minus(KEPT));
		}
		catch (IOException ex) {
			return false;
		}
	}

}
