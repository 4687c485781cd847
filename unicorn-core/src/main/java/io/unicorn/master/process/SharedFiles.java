package io.unicorn.master.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds files that several workers write, which most programs do not expect, and warns
 * once of each. Thread-safe.
 */
public final class SharedFiles {

	/** A program that makes new names all the time is not to fill the log. */
	private static final int MOST_WARNINGS = 10;

	private static final Set<String> LOCKS = Set.of(".lock", ".lck", "/LOCK", "-wal", "-shm", "-journal");

	private static final String REMEDY = " Put ${unicorn.worker.index} into its name; see https://github.com/"
			+ "unicorn-spring/unicorn-spring-boot/blob/main/docs/configuration.md#files-ports-and-output-of-workers";

	private final WrittenFiles files;

	private final int master;

	private final Path workDir;

	private final Set<Path> ours;

	private final Consumer<String> warnings;

	private final Set<String> told = new HashSet<>();

	/**
	 * Create.
	 * @param processes the directory {@code /proc}
	 * @param master process id of the master
	 * @param workDir the work dir, whose files are made for several processes
	 * @param logFile the master's own log file, or an empty path
	 * @param warnings receives lines for the log
	 */
	public SharedFiles(Path processes, int master, Path workDir, Path logFile, Consumer<String> warnings) {
		this.files = new WrittenFiles(processes);
		this.master = master;
		this.workDir = workDir.toAbsolutePath();
		this.ours = Set.of(logFile.toAbsolutePath());
		this.warnings = warnings;
	}

	/** Compare the files of these processes. */
	public synchronized void compare(List<Integer> pids) {
		Map<Integer, List<WrittenFile>> byProcess = new LinkedHashMap<>();
		pids.forEach((pid) -> byProcess.put(pid, this.files.of(pid)));
		// What workers have from the master, such as the standard output, is shared by
		// intent.
		Set<Object> inherited = this.files.of(this.master)
			.stream()
			.filter((file) -> !this.ours.contains(Path.of(file.path())))
			.map(WrittenFile::key)
			.collect(Collectors.toSet());
		compare(byProcess, inherited).forEach(this.warnings);
	}

	/**
	 * Return what to say of files that were not told before.
	 * @param inherited the keys of files that are shared by intent
	 */
	List<String> compare(Map<Integer, List<WrittenFile>> byProcess, Set<Object> inherited) {
		Map<Object, Map<Integer, WrittenFile>> byKey = new LinkedHashMap<>();
		byProcess.forEach((pid, written) -> written
			.forEach((file) -> byKey.computeIfAbsent(file.key(), (key) -> new LinkedHashMap<>()).put(pid, file)));
		List<String> lines = new ArrayList<>();
		byKey.forEach((key, sharing) -> {
			WrittenFile file = sharing.values().iterator().next();
			if (sharing.size() > 1 && !inherited.contains(key) && !isMadeForSharing(file.path())
					&& this.told.size() < MOST_WARNINGS && this.told.add(file.path())) {
				lines.add(describe(file, sharing.keySet(), sharing.values().stream().allMatch(WrittenFile::appends)));
			}
		});
		return lines;
	}

	private boolean isMadeForSharing(String path) {
		return Path.of(path).startsWith(this.workDir) || LOCKS.stream().anyMatch(path::endsWith);
	}

	private static String describe(WrittenFile file, Set<Integer> pids, boolean appending) {
		String workers = pids.stream().map((pid) -> "pid " + pid).collect(Collectors.joining(", "));
		return "workers (" + workers + ") " + (appending
				? "append to the same file " + file.path()
						+ ": when one of them renames or empties it, lines of the others are lost."
				: "write the same file " + file.path()
						+ ": unless what writes it is made for several processes, they overwrite each other's data.")
				+ REMEDY;
	}

}
