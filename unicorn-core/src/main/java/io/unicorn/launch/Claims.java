package io.unicorn.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which directories of the private directory are in use, and the removal of the others.
 * Each master that lives has a file with the names of those it needs. The file is named
 * after the process, which stays the same when it executes another program.
 *
 * <p>
 * Not safe for use by several threads. Any number of processes may use one directory.
 */
public final class Claims {

	private static final String DIRECTORY = "claims";

	/** Where each master has one file, named as its claim is. */
	private static final List<String> OF_ONE_MASTER = List.of(CommandSocket.DIRECTORY, ConnectionBoardFile.DIRECTORY);

	/** The directories below which something is pruned. */
	private static final List<String> PRUNED = List.of(GenerationStore.DIRECTORY, "lib");

	/**
	 * Files that one process writes for another and that are removed when they are read,
	 * unless a process was killed in between.
	 */
	private static final String PASSING = "{plan,output,state}-*";

	/**
	 * A start that has just found a directory has this long to claim it.
	 */
	private static final Duration UNUSED = Duration.ofMinutes(10);

	/**
	 * Of a process in another container nothing is known but that it has renewed its
	 * claim.
	 */
	private static final Duration FOREIGN = Duration.ofDays(30);

	private final Path root;

	private final Path directory;

	private final String namespace;

	private final String name;

	private final ProcessTable processes;

	private final Clock clock;

	private Claims(WorkDir workDir, int pid, ProcessTable processes, Clock clock) throws IOException {
		this.root = workDir.resolve("");
		this.directory = workDir.directory(DIRECTORY);
		this.namespace = processes.namespace();
		this.name = processes.identity(pid);
		this.processes = processes;
		this.clock = clock;
	}

	/**
	 * Return the claims of a process.
	 * @param pid a process that lives
	 * @throws IOException if there is no such process, or if the directory for claims
	 * cannot be made
	 */
	public static Claims of(WorkDir workDir, int pid) throws IOException {
		return of(workDir, pid, new ProcessTable(), Clock.systemUTC());
	}

	static Claims of(WorkDir workDir, int pid, ProcessTable processes, Clock clock) throws IOException {
		return new Claims(workDir, pid, processes, clock);
	}

	/**
	 * Claim these directories, and no others any more. A claim is renewed by making it
	 * again; other containers that share the private directory take it for abandoned
	 * after 30 days.
	 * @param directories directories in the private directory
	 */
	public void hold(Collection<Path> directories) throws IOException {
		String text = directories.stream().map(this::relative).distinct().collect(Collectors.joining("\n", "", "\n"));
		PrivateFile.replace(this.directory, this.name, text);
	}

	/**
	 * Claim nothing any more.
	 */
	public void release() throws IOException {
		Files.deleteIfExists(this.directory.resolve(this.name));
	}

	/**
	 * Whether a living master but this one needs a directory.
	 * @throws IOException if it cannot be told
	 */
	public boolean isShared(Path directory) throws IOException {
		return claimed((claim) -> !claim.getFileName().toString().equals(this.name)).contains(relative(directory));
	}

	/**
	 * Remove what nobody needs: directories that no live master claims, that are on no
	 * process's command line (workers may outlive a master that was killed), and that
	 * have not been used for ten minutes. Claims of dead masters go too, and files that
	 * nobody has read for as long. What cannot be removed stays.
	 * @param keep directories that stay in any case
	 * @return the directories that were removed
	 */
	public List<Path> prune(Collection<Path> keep) {
		try {
			Set<String> used = claimed((claim) -> true);
			keep.stream().map(this::relative).forEach(used::add);
			List<String> commandLines = this.processes.commandLines();
			List<Path> removed = new ArrayList<>();
			for (String parent : PRUNED) {
				Aside.prune(this.root.resolve(parent), this.clock.instant());
				for (Path candidate : list(this.root.resolve(parent))) {
					String path = relative(candidate);
					if (!used.contains(path) && commandLines.stream().noneMatch((line) -> line.contains(path))
							&& remove(this.root.resolve(parent), candidate)) {
						removed.add(candidate);
					}
				}
			}
			Aside.prune(this.directory, this.clock.instant());
			removePassing();
			removeFilesOfDeadMasters();
			return removed;
		}
		catch (IOException | UncheckedIOException ex) {
			// It cannot be told what is in use.
			return List.of();
		}
	}

	private void removePassing() throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.root, PASSING)) {
			for (Path file : files) {
				if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && isOlder(file, UNUSED)) {
					Files.deleteIfExists(file);
				}
			}
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
	}

	/** Of masters that were killed; the others remove theirs. */
	private void removeFilesOfDeadMasters() throws IOException {
		for (String name : OF_ONE_MASTER) {
			for (Path file : list(this.root.resolve(name))) {
				boolean claims = Files.exists(this.directory.resolve(file.getFileName()));
				if (!claims && !isAlive(file)) {
					Files.deleteIfExists(file);
				}
			}
		}
	}

	private String relative(Path path) {
		Path relative = this.root.relativize(this.root.resolve(path).normalize());
		if (relative.getNameCount() != 2 || !PRUNED.contains(relative.getName(0).toString())) {
			throw new IllegalArgumentException(path + " is no directory of " + this.root + " that can be claimed");
		}
		return relative.toString();
	}

	private Set<String> claimed(Predicate<Path> which) throws IOException {
		Set<String> claimed = new HashSet<>();
		for (Path claim : list(this.directory)) {
			if (Aside.isName(claim.getFileName()) || !which.test(claim)) {
				continue;
			}
			try {
				if (isAlive(claim)) {
					claimed.addAll(Files.readAllLines(claim, StandardCharsets.UTF_8));
				}
				else {
					Files.deleteIfExists(claim);
				}
			}
			catch (NoSuchFileException ex) {
				// Released in the meantime.
			}
		}
		return claimed;
	}

	/** Whether the process lives that a claim or a socket is named after. */
	private boolean isAlive(Path file) throws IOException {
		String[] parts = file.getFileName().toString().split("-", -1);
		if (parts.length == 3 && parts[0].equals(this.namespace) && parts[1].matches("[0-9]{1,9}")) {
			return this.processes.startTime(Integer.parseInt(parts[1])).filter(parts[2]::equals).isPresent();
		}
		return !isOlder(file, FOREIGN);
	}

	/**
	 * Remove a directory, unless somebody is about to use it. The decision falls when it
	 * has no name any more: whoever looks for it then makes it anew.
	 */
	private boolean remove(Path parent, Path candidate) {
		try {
			if (Aside.isName(candidate.getFileName()) || !isOlder(candidate, UNUSED)) {
				return false;
			}
			try (Aside aside = Aside.create(parent)) {
				Path taken = aside.take(candidate);
				if (isOlder(taken, UNUSED)) {
					return true;
				}
				Files.move(taken, candidate, StandardCopyOption.ATOMIC_MOVE);
			}
		}
		catch (IOException ex) {
			// Gone, made anew, or not ours to remove.
		}
		return false;
	}

	private boolean isOlder(Path path, Duration age) throws IOException {
		Instant modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
		return modified.isBefore(this.clock.instant().minus(age));
	}

	private static List<Path> list(Path directory) throws IOException {
		List<Path> list = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
			entries.forEach(list::add);
		}
		catch (NoSuchFileException ex) {
			// Nothing is there yet.
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		return list;
	}

}
