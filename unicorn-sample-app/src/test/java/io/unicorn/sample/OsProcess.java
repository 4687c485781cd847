package io.unicorn.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc} shows it. The start time belongs to its identity: a process
 * id is used again, and a test must never signal a process that is not its own.
 *
 * @param pid the process id
 * @param parent the parent's process id, when it was read
 * @param startTicks the start time, in clock ticks since the machine was started
 */
record OsProcess(long pid, long parent, long startTicks) {

	private static final Path PROC = Path.of("/proc");

	// Positions in /proc/<pid>/stat after the command, which is field 2 and may contain
	// spaces and parentheses.
	private static final int STATE = 0;

	private static final int PARENT = 1;

	private static final int THREADS = 17;

	private static final int START = 19;

	/**
	 * Read a process.
	 * @param pid its id
	 * @return the process, empty if there is none or if it is dead and only not yet
	 * waited for
	 */
	static Optional<OsProcess> of(long pid) {
		try {
			String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
			// In execve of a thread that is not the first a process looks like a zombie,
			// but one of several threads.
			boolean executes = !fields[THREADS].equals("1") && !fields[THREADS].equals("0");
			if (fields[STATE].equals("X") || (fields[STATE].equals("Z") && !executes)) {
				return Optional.empty();
			}
			return Optional.of(new OsProcess(pid, Long.parseLong(fields[PARENT]), Long.parseLong(fields[START])));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * All processes.
	 */
	static List<OsProcess> all() {
		List<OsProcess> all = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
			entries.forEach((entry) -> of(Long.parseLong(entry.getFileName().toString())).ifPresent(all::add));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return all;
	}

	/**
	 * The processes whose parent is the given one.
	 */
	static List<OsProcess> childrenOf(long parent) {
		return all().stream().filter((process) -> process.parent == parent).toList();
	}

	/**
	 * The processes whose parent, or parent's parent and so on, is the given one.
	 */
	static List<OsProcess> descendantsOf(long ancestor) {
		List<OsProcess> all = all();
		List<OsProcess> found = new ArrayList<>();
		List<Long> parents = List.of(ancestor);
		while (!parents.isEmpty()) {
			List<Long> current = parents;
			List<OsProcess> children = all.stream().filter((process) -> current.contains(process.parent)).toList();
			found.addAll(children);
			parents = children.stream().map(OsProcess::pid).toList();
		}
		return found;
	}

	/**
	 * Whether this very process still runs.
	 */
	boolean isAlive() {
		return of(this.pid).filter((now) -> now.startTicks == this.startTicks).isPresent();
	}

	/**
	 * Send a signal, unless the process has ended.
	 * @param name the signal's name without {@code SIG}
	 */
	void signal(String name) {
		if (!isAlive()) {
			return;
		}
		try {
			Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(this.pid)).redirectErrorStream(true)
				.start();
			String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (kill.waitFor() != 0 && isAlive()) {
				throw new AssertionError("Signal %s was not sent to %s: %s".formatted(name, this, output));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while sending a signal", ex);
		}
	}

	/**
	 * Whether the environment the process was started with has an entry.
	 * @param entry the entry, {@code NAME=value}
	 */
	boolean hasInEnvironment(String entry) {
		try {
			byte[] environment = Files.readAllBytes(PROC.resolve(this.pid + "/environ"));
			return ("\0" + new String(environment, StandardCharsets.ISO_8859_1)).contains("\0" + entry + "\0");
		}
		catch (IOException ex) {
			// Gone in the meantime, or another user's and thus none of ours.
			return false;
		}
	}

	/**
	 * The command line of a process as the kernel keeps it, argument 0 included.
	 */
	static List<String> arguments(long pid) {
		return strings(pid, "cmdline");
	}

	/**
	 * The environment that a process was started with.
	 */
	static List<String> environment(long pid) {
		return strings(pid, "environ");
	}

	/**
	 * One byte per character, so that nothing is lost that is no valid text.
	 */
	private static List<String> strings(long pid, String file) {
		try {
			String content = Files.readString(PROC.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1);
			return List.of(content.substring(0, Math.max(0, content.length() - 1)).split("\0", -1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		String command = ProcessHandle.of(this.pid)
			.flatMap((handle) -> handle.info().commandLine())
			.orElse("command unknown");
		return this.pid + " [" + command + "]";
	}

}
