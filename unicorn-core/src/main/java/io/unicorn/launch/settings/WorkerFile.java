package io.unicorn.launch.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Names the files of one worker where the user has named one file.
 */
public final class WorkerFile {

	private WorkerFile() {
	}

	/**
	 * Return the suffix of the files of a worker.
	 * @param index index of the worker
	 */
	public static String suffix(int index) {
		return "-worker-" + index;
	}

	/**
	 * Return the name of a worker's file: {@code app-worker-0.log}. What several
	 * processes can share keeps its name: a device, a pipe, a directory.
	 */
	public static String of(String file, String suffix) {
		return isShared(file) ? file : withSuffix(file, suffix);
	}

	/**
	 * Return whether a path names what several processes can share. {@code /dev/stdout}
	 * is a regular file if the output is redirected to one.
	 */
	public static boolean isShared(String file) {
		if ((file.startsWith("/dev/") && !file.startsWith("/dev/shm/")) || file.startsWith("/proc/")) {
			return true;
		}
		try {
			Path path = Path.of(file);
			return Files.exists(path) && !Files.isRegularFile(path);
		}
		catch (InvalidPathException ex) {
			return false;
		}
	}

	/**
	 * Put a suffix in front of a file's extension.
	 */
	public static String withSuffix(String file, String suffix) {
		int name = file.lastIndexOf('/') + 1;
		int dot = file.lastIndexOf('.');
		return (dot > name) ? file.substring(0, dot) + suffix + file.substring(dot) : file + suffix;
	}

}
