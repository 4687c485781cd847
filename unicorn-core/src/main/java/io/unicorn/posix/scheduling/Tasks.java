package io.unicorn.posix.scheduling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists the threads of a process from {@code /proc}.
 */
final class Tasks {

	private Tasks() {
	}

	/**
	 * Return the threads of a process.
	 * @return their ids, in a modifiable set; empty if the process has ended
	 */
	static Set<Integer> of(int pid) {
		try (Stream<Path> tasks = Files.list(directory(pid))) {
			return tasks.map((task) -> Integer.valueOf(task.getFileName().toString()))
				.collect(Collectors.toCollection(HashSet::new));
		}
		catch (IOException | UncheckedIOException ex) {
			return new HashSet<>();
		}
	}

	/**
	 * Return the name of a thread, of which the kernel keeps the first 15 bytes.
	 * @return the name, or an empty string if the thread has ended
	 */
	static String name(int pid, int task) {
		try {
			return Files.readString(directory(pid).resolve(task + "/comm")).strip();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static Path directory(int pid) {
		return Path.of("/proc/" + pid + "/task");
	}

}
