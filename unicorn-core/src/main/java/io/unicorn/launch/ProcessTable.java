package io.unicorn.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes that this one can see, as {@code /proc} shows them.
 */
final class ProcessTable {

	/** Of the fields that follow the name of the program in {@code stat}. */
	private static final int STATE = 0;

	private static final int THREADS = 17;

	private static final int START_TIME = 19;

	/** Of the user ids in {@code status}: real, effective, saved, of the file system. */
	private static final int EFFECTIVE = 2;

	private final Path root;

	ProcessTable() {
		this(Path.of("/proc"));
	}

	/**
	 * Create for a directory that looks like {@code /proc}.
	 */
	ProcessTable(Path root) {
		this.root = root;
	}

	/**
	 * Return the inode of our pid namespace, in which alone a process id means anything.
	 */
	String namespace() throws IOException {
		String link = Files.readSymbolicLink(this.root.resolve("self/ns/pid")).toString();
		return link.replaceAll("\\D", "");
	}

	/**
	 * Return when a process was started, in ticks since the system was; it tells it from
	 * another one that gets its id later, and stays the same when the process executes
	 * another program.
	 */
	Optional<String> startTime(int pid) {
		try {
			String stat = read(this.root.resolve(Integer.toString(pid)).resolve("stat"));
			// A program's name may have spaces and parentheses.
			String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
			return isDead(fields) ? Optional.empty() : Optional.of(fields[START_TIME]);
		}
		catch (IOException | IndexOutOfBoundsException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/**
	 * A process that executes another program by a thread which is not its first looks
	 * like a zombie until the kernel has ended the other threads. It has more than one
	 * thread then, while of a dead process nothing is left but the first.
	 */
	private static boolean isDead(String[] fields) {
		return fields[STATE].equals("X") || (fields[STATE].equals("Z") && Integer.parseInt(fields[THREADS]) <= 1);
	}

	/**
	 * Return a name that no other process has, be it in another container or later.
	 * @throws IOException if there is no such process
	 */
	String identity(int pid) throws IOException {
		return namespace() + "-" + pid + "-"
				+ startTime(pid).orElseThrow(() -> new IOException("there is no process with the id " + pid));
	}

	/**
	 * Return the ids of all processes.
	 * @throws IOException if there is no list of processes
	 */
	List<Integer> pids() throws IOException {
		List<Integer> pids = new ArrayList<>();
		try (DirectoryStream<Path> processes = Files.newDirectoryStream(this.root, "[0-9]*")) {
			processes.forEach((process) -> pids.add(Integer.valueOf(process.getFileName().toString())));
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		return pids;
	}

	/**
	 * Return the arguments of a process in byte form, argument 0 included; none if it has
	 * ended, or if we may not look.
	 */
	List<String> arguments(int pid) {
		try {
			return List.of(read(this.root.resolve(Integer.toString(pid)).resolve("cmdline")).split("\0", -1));
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return the number of the user that a process acts as. The owner of its entry here
	 * is another one if its program has privileges of its own.
	 * @param process its id, or {@code self}
	 */
	Optional<String> user(String process) {
		try {
			return read(this.root.resolve(process).resolve("status")).lines()
				.filter((line) -> line.startsWith("Uid:"))
				.map((line) -> line.split("\t", -1)[EFFECTIVE])
				.findFirst();
		}
		catch (IOException | IndexOutOfBoundsException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return the command lines of all processes, as far as we may read them.
	 * @throws IOException if there is no list of processes
	 */
	List<String> commandLines() throws IOException {
		List<String> commandLines = new ArrayList<>();
		for (int pid : pids()) {
			try {
				commandLines.add(read(this.root.resolve(Integer.toString(pid)).resolve("cmdline")));
			}
			catch (IOException ex) {
				// It has ended, or is another user's.
			}
		}
		return commandLines;
	}

	private static String read(Path file) throws IOException {
		return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
	}

}
