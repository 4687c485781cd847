package io.unicorn.launch.lease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.launch.cache.CacheFile;
import io.unicorn.launch.generation.GenerationManifest;
import io.unicorn.launch.generation.GenerationStore;
import io.unicorn.launch.workdir.CommandSocket;
import io.unicorn.launch.workdir.GroupDirectory;
import io.unicorn.launch.workdir.SessionDirectory;
import io.unicorn.launch.workdir.StagingDirectory;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * The leases of this process on directories and files of the private directory, and the
 * removal of what is not leased. A lease is a shared {@code flock} on the directory
 * itself. The kernel ends it when its last descriptor is closed, so a killed process
 * leaves none behind, and it holds in all containers that share the directory.
 * <p>
 * {@link #prune} may run beside all other methods, which are for one thread.
 */
public final class Leases {

	/**
	 * The time between the moment at which a start finds a directory and the one at which
	 * its master leases it.
	 */
	private static final Duration UNUSED = Duration.ofMinutes(10);

	/**
	 * Files that one process writes for another and that are removed when they are read,
	 * unless a process was killed in between.
	 */
	private static final Pattern PASSING = Pattern.compile("(?:plan|output|state)-.*");

	/** Name of the directory of temporary files of workers. */
	public static final String TEMPORARY = "tmp";

	/** A file that was read within this time is not marked again. */
	private static final Duration FRESH = Duration.ofHours(1);

	private final Path root;

	private final Posix posix;

	private final Clock clock;

	/** Descriptors of the leases. */
	private final Map<Path, Integer> held = new HashMap<>();

	/**
	 * Create without any lease.
	 * @param workDir the private directory
	 */
	public Leases(Path workDir, Posix posix) {
		this(workDir, posix, Clock.systemUTC());
	}

	Leases(Path workDir, Posix posix, Clock clock) {
		this.root = workDir;
		this.posix = posix;
		this.clock = clock;
	}

	/**
	 * Lease these, and nothing else any more. What does not exist is left out.
	 * @throws PosixException if the file system has no locks; then nothing on it is ever
	 * removed
	 */
	public void hold(Collection<Path> paths) throws PosixException {
		for (Path path : paths) {
			take(path);
		}
		for (Path path : Set.copyOf(this.held.keySet())) {
			if (!paths.contains(path)) {
				end(path);
			}
		}
	}

	/**
	 * Return the descriptor of the lease on a directory, for a child that runs from it:
	 * if the child is given it, the directory is leased until both have ended.
	 * @return the descriptor, or empty if there is no lease
	 */
	public OptionalInt descriptor(Path directory) {
		try {
			take(directory);
		}
		catch (PosixException ex) {
			// Reported where all of them are taken.
		}
		Integer lease = this.held.get(directory);
		return (lease != null) ? OptionalInt.of(lease) : OptionalInt.empty();
	}

	/**
	 * Mark what is leased as used just now. To be called before an exec, which ends the
	 * leases of this process: the next program has ten minutes to take them again.
	 */
	public void mark() {
		this.held.keySet().forEach((path) -> GenerationManifest.touch(path, FileTime.from(this.clock.instant())));
	}

	/**
	 * Return the private directory.
	 */
	public Path root() {
		return this.root;
	}

	/**
	 * Mark every file of the private directory as read just now, but those of workers.
	 * Programs such as tmpreaper delete files that were not read for some days, though
	 * they are in use. The time of the last modification stays.
	 */
	public void refresh() {
		Path foreign = this.root.resolve(TEMPORARY);
		FileTime now = FileTime.from(this.clock.instant());
		try {
			Files.walkFileTree(this.root, new SimpleFileVisitor<Path>() {

				@Override
				public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
					if (directory.equals(foreign)) {
						return FileVisitResult.SKIP_SUBTREE;
					}
					return visitFile(directory, attributes);
				}

				@Override
				public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
					if (attributes.lastAccessTime().toInstant().isBefore(now.toInstant().minus(FRESH))) {
						read(file, now);
					}
					return FileVisitResult.CONTINUE;
				}

				@Override
				public FileVisitResult visitFileFailed(Path file, IOException ex) {
					return FileVisitResult.CONTINUE;
				}

			});
		}
		catch (IOException ex) {
			// The next call tries again.
		}
	}

	private static void read(Path file, FileTime now) {
		try {
			Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
				.setTimes(null, now, null);
		}
		catch (IOException ex) {
			// Gone, or a socket, which is left alone while a process listens.
		}
	}

	/**
	 * What is removed or replaced in the moment between opening and locking it is locked
	 * without a name; the next call sees that.
	 */
	private void take(Path path) throws PosixException {
		Integer lease = this.held.get(path);
		if (lease != null && isOn(lease, path)) {
			return;
		}
		end(path);
		try {
			this.held.put(path, this.posix.lockShared(path));
		}
		catch (PosixException ex) {
			if (ex.errno() != PosixException.ENOENT) {
				throw ex;
			}
		}
	}

	/** Whether the name still belongs to what was locked. */
	private static boolean isOn(int lease, Path path) {
		try {
			return Files.isSameFile(Path.of("/proc/self/fd/" + lease), path);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void end(Path path) {
		Integer lease = this.held.remove(path);
		if (lease != null) {
			this.posix.close(lease);
		}
	}

	/**
	 * Remove what no process leases and was not used for ten minutes: directories, caches
	 * of class data in those that stay, sockets of pools that have ended, and files that
	 * were never read. What cannot be removed stays.
	 * @return what was removed
	 */
	public List<Path> prune() {
		List<Path> removed = new ArrayList<>();
		for (String parent : List.of(GenerationStore.DIRECTORY, "lib")) {
			for (Path directory : list(parent)) {
				if (removeUnleased(directory)) {
					removed.add(directory);
				}
				else {
					list(parent + "/" + directory.getFileName()).stream()
						.filter((file) -> CacheFile.isCache(file) && removeUnleased(file))
						.forEach(removed::add);
				}
			}
		}
		list(CommandSocket.DIRECTORY).stream().filter(this::removeSocket).forEach(removed::add);
		list(GroupDirectory.DIRECTORY).stream()
			.filter((group) -> (CommandSocket.hasEnded(group) || isUnused(group)) && GroupDirectory.isAbandoned(group)
					&& GroupDirectory.remove(group))
			.forEach(removed::add);
		list(SessionDirectory.DIRECTORY).stream()
			.filter((sessions) -> SessionDirectory.isAbandoned(sessions, this.clock.instant()) && isUnused(sessions)
					&& remove(sessions))
			.forEach(removed::add);
		list("").stream()
			.filter((file) -> PASSING.matcher(file.getFileName().toString()).matches() && isUnused(file)
					&& remove(file))
			.forEach(removed::add);
		return removed;
	}

	/**
	 * Remove the socket of a master that has ended. Whether a process of another
	 * container has ended cannot be seen, and a master that is being upgraded does not
	 * listen for a moment, so such a socket is removed later.
	 */
	private boolean removeSocket(Path socket) {
		try {
			return CommandSocket.isAbandoned(socket) && (CommandSocket.hasEnded(socket) || isUnused(socket))
					&& Files.deleteIfExists(socket);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private boolean removeUnleased(Path path) {
		if (!isUnused(path)) {
			return false;
		}
		try {
			OptionalInt lock = this.posix.lockExclusive(path);
			if (lock.isEmpty()) {
				return false;
			}
			try {
				return remove(path);
			}
			finally {
				this.posix.close(lock.getAsInt());
			}
		}
		catch (PosixException ex) {
			return false;
		}
	}

	/**
	 * Remove what is not used, unless a start marks it as used meanwhile. That is seen
	 * when it has no name any more: a start that looks for it then makes it anew.
	 */
	private boolean remove(Path path) {
		try (StagingDirectory staging = StagingDirectory.create(path.resolveSibling(""))) {
			Path taken = staging.take(path);
			if (isUnused(taken)) {
				return true;
			}
			Files.move(taken, path, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			// Gone, made anew, or not ours to remove.
		}
		return false;
	}

	private boolean isUnused(Path path) {
		try {
			Instant used = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
			return used.isBefore(this.clock.instant().minus(UNUSED));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private List<Path> list(String name) {
		Path directory = this.root.resolve(name);
		StagingDirectory.prune(directory, this.clock.instant());
		try (Stream<Path> entries = Files.list(directory)) {
			return entries.filter((entry) -> !StagingDirectory.isName(entry.getFileName())).toList();
		}
		catch (IOException | UncheckedIOException ex) {
			// Nothing is there yet, or it cannot be read.
			return List.of();
		}
	}

}
