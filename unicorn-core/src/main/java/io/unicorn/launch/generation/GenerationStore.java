package io.unicorn.launch.generation;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipException;

import io.unicorn.launch.generation.Generation.Form;
import io.unicorn.launch.generation.JarSnapshot.ChangedException;
import io.unicorn.launch.workdir.StagingDirectory;
import io.unicorn.launch.workdir.WorkDir;

/**
 * Makes and finds generations: copies of applications in the work dir, each in a
 * directory named after a hash of its content. Thread-safe, and any number of processes
 * may use one work dir at the same time.
 */
public final class GenerationStore {

	/** Name of the directory of generations in the work dir. */
	public static final String DIRECTORY = "generations";

	/** Name of the file that is locked while a directory is renamed to its final name. */
	private static final String LOCK = "generations.lock";

	/** Excludes other threads of this process, which a file lock does not. */
	private static final Object INSTALLING = new Object();

	/** A jar that changes while it is read is read so often at most. */
	private static final int ATTEMPTS = 3;

	private final WorkDir workDir;

	private final GenerationIndex index;

	private final Clock clock;

	/**
	 * Create for a work dir.
	 */
	public GenerationStore(WorkDir workDir) {
		this(workDir, Clock.systemUTC());
	}

	GenerationStore(WorkDir workDir, Clock clock) {
		this.workDir = workDir;
		this.index = new GenerationIndex(workDir);
		this.clock = clock;
	}

	/**
	 * Return the generation of a jar, and mark it as used. It is made if it does not
	 * exist, and made again if one of its files is missing or changed. A failure leaves
	 * nothing behind. May take as long as it takes to copy the application.
	 * @param jar an executable jar
	 * @throws NotCopyableException if the application can only run from its own directory
	 * @throws IOException if the disk is full, a file may not be read or written, the
	 * file is not an executable jar, or a process is writing to it; the message says
	 * which, with the name of the file
	 */
	public Generation of(Path jar) throws IOException {
		try {
			Path real = jar.toRealPath();
			if (!Files.isRegularFile(real)) {
				throw new ZipException("it is not a file");
			}
			Path name = jar.toAbsolutePath().getFileName();
			Optional<Generation> known = this.index.find(real, name).flatMap(this::existing);
			return known.isPresent() ? known.get() : make(real, name);
		}
		catch (NotCopyableException ex) {
			throw ex;
		}
		catch (ZipException | EOFException ex) {
			throw new IOException(jar + " is not an executable jar: " + reason(ex), ex);
		}
		catch (IOException ex) {
			throw new IOException("cannot copy " + jar + " to " + this.workDir + ": " + reason(ex), ex);
		}
	}

	private static String reason(IOException failure) {
		if (failure instanceof NoSuchFileException missing) {
			return missing.getFile() + " does not exist";
		}
		if (failure instanceof AccessDeniedException denied) {
			return "no right to use " + denied.getFile();
		}
		if (failure instanceof FileSystemException other && other.getReason() != null) {
			return other.getReason() + " (" + other.getFile() + ")";
		}
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

	private Optional<Generation> existing(String id) {
		Path directory = this.workDir.resolve(DIRECTORY).resolve(id);
		// First the time, then the check: a process that removes this directory renames
		// it first and then reads its time again.
		GenerationManifest.touch(directory, FileTime.from(this.clock.instant()));
		return GenerationManifest.check(directory);
	}

	private Generation make(Path jar, Path name) throws IOException {
		Path generations = this.workDir.directory(DIRECTORY);
		StagingDirectory.prune(generations, this.clock.instant());
		String previous = "";
		for (int attempt = 1;; attempt++) {
			try (StagingDirectory staging = StagingDirectory.create(generations)) {
				Instant now = this.clock.instant();
				JarSnapshot snapshot = JarSnapshot.take(jar, name, staging.path().resolve("copy"));
				// A second write just after the first one may not change
				// the stamp.
				if (!snapshot.settled(now) && !snapshot.id().equals(previous)) {
					previous = snapshot.id();
					throw new ChangedException(jar);
				}
				Optional<Generation> existing = existing(snapshot.id());
				Generation generation = existing.isPresent() ? existing.get() : install(snapshot, name, staging);
				this.index.put(jar, name, snapshot, now);
				return generation;
			}
			catch (ChangedException ex) {
				if (attempt >= ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private Generation install(JarSnapshot snapshot, Path name, StagingDirectory staging) throws IOException {
		Path made = build(snapshot, name, staging);
		Path directory = this.workDir.resolve(DIRECTORY).resolve(snapshot.id());
		synchronized (INSTALLING) {
			try (FileChannel channel = FileChannel.open(this.workDir.resolve(LOCK),
					Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), WorkDir.PRIVATE_FILE)) {
				// Released when the channel is closed.
				channel.lock();
				Optional<Generation> existing = existing(snapshot.id());
				if (existing.isPresent()) {
					// Another start has made it meanwhile.
					return existing.get();
				}
				if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
					staging.take(directory);
				}
				Files.move(made, directory, StandardCopyOption.ATOMIC_MOVE);
				return existing(snapshot.id())
					.orElseThrow(() -> new IOException(directory + " was changed while it was made"));
			}
		}
	}

	private static Path build(JarSnapshot snapshot, Path name, StagingDirectory staging) throws IOException {
		try (JarFile file = new JarFile(snapshot.jar().toFile(), false)) {
			Optional<BootJar> parts = BootJar.of(file);
			if (parts.isEmpty() || (name + "/").equals(BootJar.LIBRARIES)) {
				GenerationManifest.write(snapshot.directory(), name.toString(), Form.COPIED);
				return snapshot.directory();
			}
			Path directory = staging.path().resolve("extracted");
			parts.get().extract(directory, name, Files.getLastModifiedTime(snapshot.jar()));
			GenerationManifest.write(directory, name.toString(), Form.EXTRACTED);
			return directory;
		}
	}

}
