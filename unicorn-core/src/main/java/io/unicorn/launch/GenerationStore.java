package io.unicorn.launch;

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

import io.unicorn.launch.Generation.Form;
import io.unicorn.launch.JarSnapshot.ChangedException;

/**
 * The generations in the private directory: copies of applications under a hash of their
 * content. Any number of threads and processes may use one directory at the same time.
 */
public final class GenerationStore {

	/** Name of the directory of generations. */
	static final String DIRECTORY = "generations";

	/** Held for the moment in which a directory gets its name. */
	private static final String LOCK = "generations.lock";

	private static final Object SWAP = new Object();

	/** So often a jar is read that changes while it is read. */
	private static final int ATTEMPTS = 3;

	private final WorkDir workDir;

	private final GenerationIndex index;

	private final Clock clock;

	public GenerationStore(WorkDir workDir) {
		this(workDir, Clock.systemUTC());
	}

	GenerationStore(WorkDir workDir, Clock clock) {
		this.workDir = workDir;
		this.index = new GenerationIndex(workDir);
		this.clock = clock;
	}

	/**
	 * Return the generation of a jar. It is made if it does not exist, and made again if
	 * anything of it is missing or changed. Nothing is left behind on failure.
	 * @param jar an executable jar
	 * @throws NotCopyableException if the application can only run where it is
	 * @throws IOException if there is no space, no right to write, no executable jar, or
	 * if the jar is being written to; the message says which, with the name of the file
	 */
	public Generation of(Path jar) throws IOException {
		try {
			Path real = jar.toRealPath();
			if (!Files.isRegularFile(real)) {
				throw new ZipException("it is no file");
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

	/**
	 * Return the generation of a jar, if there is one and the jar has not changed since.
	 * @param jar an executable jar
	 */
	public Optional<Generation> known(Path jar) {
		try {
			return this.index.find(jar.toRealPath(), jar.toAbsolutePath().getFileName()).flatMap(this::existing);
		}
		catch (IOException ex) {
			return Optional.empty();
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
		// First touched and then checked: whoever prunes looks at the time once more when
		// the directory has no name any more.
		Contents.touch(directory, FileTime.from(this.clock.instant()));
		return Contents.check(directory);
	}

	private Generation make(Path jar, Path name) throws IOException {
		Path generations = this.workDir.directory(DIRECTORY);
		Aside.prune(generations, this.clock.instant());
		String previous = "";
		for (int attempt = 1;; attempt++) {
			try (Aside aside = Aside.create(generations)) {
				Instant now = this.clock.instant();
				JarSnapshot snapshot = JarSnapshot.take(jar, name, aside.path().resolve("copy"));
				// What was written a moment ago may have been written to unnoticed.
				if (!snapshot.settled(now) && !snapshot.id().equals(previous)) {
					previous = snapshot.id();
					throw new ChangedException(jar);
				}
				Optional<Generation> existing = existing(snapshot.id());
				Generation generation = existing.isPresent() ? existing.get() : install(snapshot, name, aside);
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

	private Generation install(JarSnapshot snapshot, Path name, Aside aside) throws IOException {
		Path made = build(snapshot, name, aside);
		Path directory = this.workDir.resolve(DIRECTORY).resolve(snapshot.id());
		// A file lock is one of the whole process.
		synchronized (SWAP) {
			try (FileChannel channel = FileChannel.open(this.workDir.resolve(LOCK),
					Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), WorkDir.PRIVATE_FILE)) {
				// Until the channel is closed.
				channel.lock();
				Optional<Generation> existing = existing(snapshot.id());
				if (existing.isPresent()) {
					// Another start was faster.
					return existing.get();
				}
				if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
					aside.take(directory);
				}
				Files.move(made, directory, StandardCopyOption.ATOMIC_MOVE);
				return existing(snapshot.id())
					.orElseThrow(() -> new IOException(directory + " was changed while it was made"));
			}
		}
	}

	private static Path build(JarSnapshot snapshot, Path name, Aside aside) throws IOException {
		try (JarFile file = new JarFile(snapshot.jar().toFile(), false)) {
			Optional<BootJar> parts = BootJar.of(file);
			if (parts.isEmpty() || (name + "/").equals(BootJar.LIBRARIES)) {
				Contents.write(snapshot.directory(), name.toString(), Form.COPIED);
				return snapshot.directory();
			}
			Path directory = aside.path().resolve("extracted");
			parts.get().extract(directory, name, Files.getLastModifiedTime(snapshot.jar()));
			Contents.write(directory, name.toString(), Form.EXTRACTED);
			return directory;
		}
	}

}
