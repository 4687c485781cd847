package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.workdir.WorkDir;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the class path of the master, a few jars, from the application into the
 * private directory. The directory of the jars is named after a hash of their content:
 * the next start finds them, and a running master keeps its jars when the application is
 * overwritten.
 */
final class ExtractedLibrary {

	/** A class of each library that the master needs. */
	private static final List<String> MARKERS = List.of("io/unicorn/master/Master.class",
			"com/kenai/jffi/Function.class", "org/jspecify/annotations/NullMarked.class");

	private static final String NATIVE_LIBRARY = "jni/%s-Linux/" + NativeLibrary.NAME;

	private final List<Path> classPath;

	private final @Nullable Path nativeDirectory;

	private ExtractedLibrary(List<Path> classPath, @Nullable Path nativeDirectory) {
		this.classPath = List.copyOf(classPath);
		this.nativeDirectory = nativeDirectory;
	}

	/**
	 * Return the jars and directories, in order.
	 */
	List<Path> classPath() {
		return this.classPath;
	}

	/**
	 * Return a directory from which the native library can be loaded, or {@code null} if
	 * the application has none for this processor.
	 */
	@Nullable Path nativeDirectory() {
		return this.nativeDirectory;
	}

	/**
	 * Extract what the master needs, unless an earlier start has done so, and load the
	 * native library into this process.
	 * @throws IOException if a file cannot be read or written
	 * @throws PoolStartException if the native library cannot be loaded
	 */
	static ExtractedLibrary extract(ClassLoader classLoader, WorkDir workDir, NativeLibrary nativeLibrary)
			throws IOException {
		Map<String, byte[]> files = new LinkedHashMap<>();
		List<Path> classPath = new ArrayList<>();
		for (String marker : MARKERS) {
			URL url = classLoader.getResource(marker);
			ClassPathFile found = (url != null) ? ClassPathFile.of(url, marker) : null;
			if (found != null && found.isDirectory()) {
				// In a development environment there is no jar.
				classPath.add(found.file());
			}
			else if (found != null) {
				files.put(found.name(), found.read());
			}
		}
		URL library = classLoader.getResource(NATIVE_LIBRARY.formatted(processor()));
		if (library != null) {
			try (InputStream in = library.openStream()) {
				files.put(NativeLibrary.NAME, in.readAllBytes());
			}
		}
		Path directory = store(files, workDir.directory("lib"));
		files.keySet()
			.stream()
			.filter((name) -> !name.equals(NativeLibrary.NAME))
			.map(directory::resolve)
			.forEach(classPath::add);
		return new ExtractedLibrary(classPath, (library != null) ? nativeLibrary.load(directory) : null);
	}

	private static String processor() {
		String architecture = System.getProperty("os.arch", "");
		return architecture.equals("amd64") ? "x86_64" : architecture;
	}

	private static Path store(Map<String, byte[]> files, Path parent) throws IOException {
		Path directory = parent.resolve(hash(files));
		if (Files.isDirectory(directory)) {
			restore(files, directory);
			// A master removes directories that were last used some time ago.
			Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
			return directory;
		}
		// Filled under another name and then renamed: another start never sees a
		// directory that is incomplete, and of two starts at a time one succeeds.
		Path staging = Files.createTempDirectory(parent, "new-", WorkDir.PRIVATE_DIRECTORY);
		try {
			for (Map.Entry<String, byte[]> file : files.entrySet()) {
				Files.write(staging.resolve(file.getKey()), file.getValue());
			}
			Files.move(staging, directory, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (FileAlreadyExistsException | DirectoryNotEmptyException ex) {
			delete(staging);
		}
		catch (IOException ex) {
			delete(staging);
			if (!Files.isDirectory(directory)) {
				throw ex;
			}
		}
		return directory;
	}

	/**
	 * Write the files that are missing: programs that clean up temporary files delete
	 * single files by their age.
	 */
	private static void restore(Map<String, byte[]> files, Path directory) throws IOException {
		for (Map.Entry<String, byte[]> file : files.entrySet()) {
			Path path = directory.resolve(file.getKey());
			if (!Files.isRegularFile(path) || Files.size(path) != file.getValue().length) {
				Path staging = Files.createTempFile(directory, "new-", null, WorkDir.PRIVATE_FILE);
				Files.write(staging, file.getValue());
				Files.move(staging, path, StandardCopyOption.ATOMIC_MOVE);
			}
		}
	}

	private static void delete(Path directory) throws IOException {
		try (var entries = Files.list(directory)) {
			for (Path entry : entries.toList()) {
				Files.deleteIfExists(entry);
			}
		}
		Files.deleteIfExists(directory);
	}

	private static String hash(Map<String, byte[]> files) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (Map.Entry<String, byte[]> file : files.entrySet()) {
				digest.update(file.getKey().getBytes(StandardCharsets.UTF_8));
				digest.update(Integer.toString(file.getValue().length).getBytes(StandardCharsets.US_ASCII));
				digest.update(file.getValue());
			}
			return HexFormat.of().formatHex(digest.digest(), 0, 12);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
