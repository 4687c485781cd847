package io.unicorn.launch.generation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

import io.unicorn.launch.workdir.FileStamp;
import io.unicorn.launch.workdir.PrivateFile;
import org.jspecify.annotations.Nullable;

/**
 * Copies a jar, the files that its {@code Class-Path} names, and the files that their
 * class paths name, byte for byte and with the same relative paths.
 */
final class JarSnapshot {

	/**
	 * Part of the hash. It changes when another version makes another copy of the same
	 * files.
	 */
	private static final String FORMAT = "unicorn generation 1";

	/** Length of the id in bytes. */
	private static final int ID_LENGTH = 12;

	private static final int BUFFER_SIZE = 64 * 1024;

	private final Path jar;

	private final Path name;

	private final Path home;

	private final Path copy;

	private final Map<Path, FileStamp> sources = new LinkedHashMap<>();

	private final Map<String, String> hashes = new TreeMap<>();

	private JarSnapshot(Path jar, Path name, Path copy) {
		this.jar = jar;
		this.name = name;
		this.home = Objects.requireNonNull(jar.getParent(), "a file is in a directory");
		this.copy = copy;
	}

	/**
	 * Copy a jar.
	 * @param jar its real path, from which the JVM resolves relative entries
	 * @param name the name that the copy gets
	 * @param copy a directory that does not exist
	 * @throws ChangedException if a file has changed meanwhile
	 * @throws ZipException if it is not an executable jar
	 */
	static JarSnapshot take(Path jar, Path name, Path copy) throws IOException {
		JarSnapshot snapshot = new JarSnapshot(jar, name, copy);
		try {
			snapshot.copyAll();
		}
		catch (IOException ex) {
			// If the file was cut off because it is being written, that is the reason to
			// report.
			snapshot.checkUnchanged();
			throw ex;
		}
		snapshot.checkUnchanged();
		return snapshot;
	}

	/**
	 * Return the hash of names and contents, in hexadecimal digits.
	 */
	String id() {
		MessageDigest digest = Sha256.begin();
		digest
			.update((FORMAT + "\n" + EncodedPath.encode(this.name.toString()) + "\n").getBytes(StandardCharsets.UTF_8));
		this.hashes.forEach((path, hash) -> digest
			.update((EncodedPath.encode(path) + " " + hash + "\n").getBytes(StandardCharsets.UTF_8)));
		return HexFormat.of().formatHex(digest.digest(), 0, ID_LENGTH);
	}

	/**
	 * Return the files that the copy depends on, with their stamps before they were read.
	 */
	Map<Path, FileStamp> sources() {
		return this.sources;
	}

	/**
	 * Return whether a write after an instant would have changed a stamp.
	 */
	boolean settled(Instant moment) {
		return this.sources.values().stream().allMatch((stamp) -> stamp.settled(moment));
	}

	/**
	 * Return the directory of the copy.
	 */
	Path directory() {
		return this.copy;
	}

	/**
	 * Return the copy of the jar itself.
	 */
	Path jar() {
		return this.copy.resolve(this.name);
	}

	private void copyAll() throws IOException {
		Deque<Path> jars = new ArrayDeque<>();
		this.sources.put(this.jar, FileStamp.of(this.jar));
		copy(this.jar, this.name);
		if (mainAttributes(jar()).getValue(Attributes.Name.MAIN_CLASS) == null) {
			throw new ZipException("its manifest has no Main-Class");
		}
		followClassPath(this.jar, jar(), jars);
		while (!jars.isEmpty()) {
			Path file = jars.remove();
			followClassPath(file, this.copy.resolve(this.home.relativize(file)), jars);
		}
	}

	private void followClassPath(Path jar, Path copied, Deque<Path> jars) throws IOException {
		boolean application = jar.equals(this.jar);
		String classPath = classPath(copied, application);
		for (String entry : classPath.strip().split("\\s+", -1)) {
			if (!entry.isEmpty()) {
				add(jar, entry, application, jars);
			}
		}
	}

	private String classPath(Path jar, boolean application) throws IOException {
		try {
			String classPath = mainAttributes(jar).getValue(Attributes.Name.CLASS_PATH);
			return (classPath != null) ? classPath : "";
		}
		catch (ZipException ex) {
			if (application) {
				throw ex;
			}
			// A class path may contain files that are not jars; the JVM ignores them.
			return "";
		}
	}

	private void add(Path jar, String entry, boolean application, Deque<Path> jars) throws IOException {
		Path file = resolve(jar, entry);
		if (file == null || !file.startsWith(this.home)) {
			// The class path of a library often names files that do not exist.
			if (application || (file != null && Files.exists(file))) {
				throw new NotCopyableException(this.jar,
						"the class path of " + jar.getFileName() + " leads out of its directory, to " + entry);
			}
			return;
		}
		if (this.sources.containsKey(file)) {
			return;
		}
		if (Files.isDirectory(file)) {
			throw new NotCopyableException(this.jar,
					"the class path of " + jar.getFileName() + " has a directory, " + entry);
		}
		FileStamp stamp = FileStamp.of(file);
		this.sources.put(file, stamp);
		if (!stamp.equals(FileStamp.ABSENT)) {
			copy(file, this.home.relativize(file));
			jars.add(file);
		}
	}

	/**
	 * Return the file of an entry of a class path, or {@code null} if it does not name
	 * one.
	 */
	private static @Nullable Path resolve(Path jar, String entry) {
		if (entry.contains(":")) {
			return null;
		}
		try {
			return jar.resolveSibling(EncodedPath.decode(entry)).normalize();
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private void copy(Path source, Path target) throws IOException {
		if (target.toString().equals(GenerationManifest.NAME)) {
			throw new NotCopyableException(this.jar, "a file with the name " + target + " is in the way");
		}
		MessageDigest digest = Sha256.begin();
		Path copied = this.copy.resolve(target);
		try (InputStream in = Files.newInputStream(source); OutputStream out = PrivateFile.create(copied)) {
			byte[] buffer = new byte[BUFFER_SIZE];
			long remaining = Objects.requireNonNull(this.sources.get(source), "added before").sizeBytes();
			// Limited, because a file may grow as fast as it is read.
			for (int count = in.read(buffer); count >= 0 && remaining >= 0; count = in.read(buffer)) {
				digest.update(buffer, 0, count);
				out.write(buffer, 0, count);
				remaining -= count;
			}
		}
		// Applications send the time of a resource to clients, and the JVM compares it
		// with the one in a class-data cache.
		Files.setLastModifiedTime(copied, Files.getLastModifiedTime(source));
		this.hashes.put(target.toString(), HexFormat.of().formatHex(digest.digest()));
	}

	private void checkUnchanged() throws IOException {
		for (Map.Entry<Path, FileStamp> source : this.sources.entrySet()) {
			if (!FileStamp.of(source.getKey()).equals(source.getValue())) {
				throw new ChangedException(source.getKey());
			}
		}
	}

	private static Attributes mainAttributes(Path jar) throws IOException {
		try (JarFile file = new JarFile(jar.toFile(), false)) {
			Manifest manifest = file.getManifest();
			return (manifest != null) ? manifest.getMainAttributes() : new Attributes();
		}
		catch (EOFException ex) {
			throw new ZipException(ex.getMessage());
		}
	}

	/**
	 * Reports that a file changes while it is read.
	 */
	static final class ChangedException extends IOException {

		private static final long serialVersionUID = 1L;

		ChangedException(Path file) {
			super(file + " is being written to");
		}

	}

}
