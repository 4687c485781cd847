package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads from {@code /proc} which processes there are, and what they are. A process may
 * end at any time, so every result may be outdated. Thread-safe.
 */
public final class ProcessTable {

	/** Indexes of fields behind the name of the program in {@code stat}. */
	private static final int STATE = 0;

	private static final int USER_TIME = 11;

	private static final int SYSTEM_TIME = 12;

	private static final int THREADS = 17;

	private static final int START_TIME = 19;

	/** {@code USER_HZ}, which is the same on every processor that Java runs on. */
	private static final double TICKS_PER_SECOND = 100;

	/**
	 * What a process uses.
	 *
	 * @param cpuSeconds processor time since its start
	 * @param startSeconds its start, in seconds since that of the system
	 * @param threads number of threads
	 * @param rssBytes memory in RAM, 0 if the kernel does not tell
	 */
	public record Usage(double cpuSeconds, double startSeconds, int threads, long rssBytes) {

	}

	private final Path root;

	/**
	 * Create for {@code /proc}.
	 */
	public ProcessTable() {
		this(Path.of("/proc"));
	}

	/**
	 * Create for a directory with the layout of {@code /proc}.
	 */
	public ProcessTable(Path root) {
		this.root = root;
	}

	/**
	 * Return the inode of the pid namespace of this process. A process id is unique in
	 * its namespace only.
	 */
	String namespace() throws IOException {
		String link = Files.readSymbolicLink(this.root.resolve("self/ns/pid")).toString();
		return link.replaceAll("\\D", "");
	}

	/**
	 * Return the time at which a process was started, in ticks since the start of the
	 * system. It distinguishes the process from a later one with the same id, and an exec
	 * does not change it.
	 * @return the time, or empty if the process has ended
	 */
	public Optional<String> startTime(int pid) {
		try {
			List<String> fields = stat(pid);
			return isDead(fields) ? Optional.empty() : Optional.of(fields.get(START_TIME));
		}
		catch (IOException | IndexOutOfBoundsException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return whether a process has ended. A process in which another thread than the
	 * first calls {@code execve} looks like a zombie until the kernel has ended the other
	 * threads. It has more than one thread then, and a dead process has one.
	 */
	private static boolean isDead(List<String> fields) {
		String state = fields.get(STATE);
		return state.equals("X") || (state.equals("Z") && Integer.parseInt(fields.get(THREADS)) <= 1);
	}

	/**
	 * Return the fields of a process's {@code stat} that follow the name of its program.
	 * @throws IOException if the process has ended
	 */
	public List<String> stat(int pid) throws IOException {
		String stat = read(this.root.resolve(Integer.toString(pid)).resolve("stat"));
		// The name of a program may contain spaces and parentheses.
		return List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1));
	}

	/**
	 * Return what a process uses.
	 * @throws IOException if the process has ended
	 */
	public Usage usage(int pid) throws IOException {
		try {
			List<String> fields = stat(pid);
			String kilobytes = status(Integer.toString(pid), "VmRSS").replace("kB", "").strip();
			return new Usage(seconds(fields.get(USER_TIME)) + seconds(fields.get(SYSTEM_TIME)),
					seconds(fields.get(START_TIME)), Integer.parseInt(fields.get(THREADS)),
					kilobytes.isEmpty() ? 0 : 1024 * Long.parseLong(kilobytes));
		}
		catch (IndexOutOfBoundsException | NumberFormatException ex) {
			throw new IOException("what process " + pid + " uses cannot be read", ex);
		}
	}

	private static double seconds(String ticks) {
		return Long.parseLong(ticks) / TICKS_PER_SECOND;
	}

	/**
	 * Return a field of a process's {@code status}.
	 * @param process its id, or {@code self}
	 * @param field the name of the field
	 * @return its value, empty if there is no such field
	 * @throws IOException if the process has ended
	 */
	public String status(String process, String field) throws IOException {
		String name = field + ":";
		return read(this.root.resolve(process).resolve("status")).lines()
			.filter((line) -> line.startsWith(name))
			.map((line) -> line.substring(name.length()).strip())
			.findFirst()
			.orElse("");
	}

	/**
	 * Return a name that no other process has, neither in another container nor later.
	 * @throws IOException if there is no such process
	 */
	public String identity(int pid) throws IOException {
		return namespace() + "-" + pid + "-"
				+ startTime(pid).orElseThrow(() -> new IOException("there is no process with the id " + pid));
	}

	/**
	 * Return the ids of all processes, in no order.
	 * @throws IOException if they cannot be listed
	 */
	public List<Integer> pids() throws IOException {
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
	 * Return the arguments of a process in byte form, argument 0 included.
	 * @return the arguments; empty if the process has ended, or if this one may not read
	 * them
	 */
	public List<String> arguments(int pid) {
		try {
			return List.of(read(this.root.resolve(Integer.toString(pid)).resolve("cmdline")).split("\0", -1));
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return the number of the user that a process belongs to. The owner of its directory
	 * in {@code /proc} may be another one, if its program has privileges of its own.
	 * @param process its id, or {@code self}
	 * @return the number, or empty if the process has ended, or if its real user is not
	 * the one that it acts as: another user may have started it, with arguments of his
	 * choice
	 */
	public Optional<String> user(String process) {
		try {
			List<String> users = Stream.of(status(process, "Uid").split("\t", -1)).distinct().toList();
			return (users.size() == 1 && !users.get(0).isEmpty()) ? Optional.of(users.get(0)) : Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static String read(Path file) throws IOException {
		return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
	}

}
