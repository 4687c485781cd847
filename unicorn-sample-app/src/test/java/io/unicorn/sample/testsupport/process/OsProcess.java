package io.unicorn.sample.testsupport.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc} shows it. The start time is part of its identity: process
 * ids are reused, and a test must never signal a foreign process.
 *
 * @param pid the process id
 * @param parent the parent's process id, when it was read
 * @param startTicks the start time, in clock ticks since the machine was started
 */
public record OsProcess(long pid, long parent, long startTicks) {

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
	public static Optional<OsProcess> of(long pid) {
		try {
			String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
			// During execve in a thread other than the first, the process is
			// shown as a zombie with several threads.
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
	 * The files and directories that a process has open, its standard streams included.
	 */
	public static List<Path> openFiles(long pid) {
		List<Path> files = new ArrayList<>();
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
			for (Path descriptor : descriptors) {
				try {
					files.add(Files.readSymbolicLink(descriptor));
				}
				catch (NoSuchFileException ex) {
					// The descriptor was closed meanwhile.
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return files;
	}

	/**
	 * Whether this process still runs, and not another one with its id.
	 */
	boolean isAlive() {
		return of(this.pid).filter((now) -> now.startTicks == this.startTicks).isPresent();
	}

	/**
	 * Whether all threads of this process are stopped by a signal.
	 */
	public boolean isStopped() {
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(PROC.resolve(this.pid + "/task"))) {
			for (Path thread : threads) {
				String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
				if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
					return false;
				}
			}
			return true;
		}
		catch (IOException ex) {
			// A thread has ended meanwhile, so not all were stopped.
			return false;
		}
	}

	/**
	 * Send a signal, unless the process has ended.
	 * @param name the signal's name without {@code SIG}
	 */
	public void signal(String name) {
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
			// The process has ended, or belongs to another user and thus not to a test.
			return false;
		}
	}

	/**
	 * The command line of a process as the kernel keeps it, argument 0 included.
	 */
	public static List<String> arguments(long pid) {
		return strings(pid, "cmdline");
	}

	/**
	 * The environment that a process was started with.
	 */
	public static List<String> environment(long pid) {
		return strings(pid, "environ");
	}

	/**
	 * Decodes one byte per character, so that bytes that are not valid text are kept.
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
