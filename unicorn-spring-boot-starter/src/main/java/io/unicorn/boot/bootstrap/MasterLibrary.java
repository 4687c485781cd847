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

import io.unicorn.launch.WorkDir;
import org.jspecify.annotations.Nullable;

/**
 * The class path of the master: the few jars that it needs, taken out of the application
 * into the private directory. They are kept there under a hash of their content, so the
 * next start finds them, and an application that is overwritten takes nothing from a
 * master that runs.
 */
final class MasterLibrary {

	/** A class of each library that the master needs. */
	private static final List<String> MARKERS = List.of("io/unicorn/master/Master.class",
			"com/kenai/jffi/Function.class", "org/jspecify/annotations/NullMarked.class");

	/** The native library in the directory of the master's jars. */
	static final String NATIVE_NAME = "libjffi-1.2.so";

	private static final String NATIVE_LIBRARY = "jni/%s-Linux/" + NATIVE_NAME;

	private final List<Path> classPath;

	private final Path directory;

	private final @Nullable Path nativeDirectory;

	private MasterLibrary(List<Path> classPath, Path directory, @Nullable Path nativeDirectory) {
		this.classPath = List.copyOf(classPath);
		this.directory = directory;
		this.nativeDirectory = nativeDirectory;
	}

	/**
	 * Return the directory that holds what was taken out of the application.
	 */
	Path directory() {
		return this.directory;
	}

	/**
	 * Return the jars and directories, in order.
	 */
	List<Path> classPath() {
		return this.classPath;
	}

	/**
	 * Return the directory with the native library, or {@code null} if there is none for
	 * this processor; it is unpacked at each start then.
	 */
	@Nullable Path nativeDirectory() {
		return this.nativeDirectory;
	}

	/**
	 * Take what the master needs out of the application, unless it was done before.
	 */
	static MasterLibrary extract(ClassLoader classLoader, WorkDir workDir) throws IOException {
		Map<String, byte[]> files = new LinkedHashMap<>();
		List<Path> classPath = new ArrayList<>();
		for (String marker : MARKERS) {
			URL url = classLoader.getResource(marker);
			ClassPathFile found = (url != null) ? ClassPathFile.of(url, marker) : null;
			if (found != null && found.isDirectory()) {
				// A development environment; there is no jar to take.
				classPath.add(found.file());
			}
			else if (found != null) {
				files.put(found.name(), found.read());
			}
		}
		URL library = classLoader.getResource(NATIVE_LIBRARY.formatted(processor()));
		if (library != null) {
			try (InputStream in = library.openStream()) {
				files.put(NATIVE_NAME, in.readAllBytes());
			}
		}
		Path home = store(files, workDir.directory("lib"));
		files.keySet().stream().filter((name) -> !name.equals(NATIVE_NAME)).map(home::resolve).forEach(classPath::add);
		return new MasterLibrary(classPath, home, (library != null) ? home : null);
	}

	private static String processor() {
		String architecture = System.getProperty("os.arch", "");
		return architecture.equals("amd64") ? "x86_64" : architecture;
	}

	private static Path store(Map<String, byte[]> files, Path parent) throws IOException {
		Path home = parent.resolve(hash(files));
		if (Files.isDirectory(home)) {
			restore(files, home);
			// Shows that somebody needs it.
			Files.setLastModifiedTime(home, FileTime.from(Instant.now()));
			return home;
		}
		// Aside first and then renamed: another start never sees a directory that is half
		// filled, and of two at a time one wins.
		Path aside = Files.createTempDirectory(parent, "new-", WorkDir.PRIVATE_DIRECTORY);
		try {
			for (Map.Entry<String, byte[]> file : files.entrySet()) {
				Files.write(aside.resolve(file.getKey()), file.getValue());
			}
			Files.move(aside, home, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (FileAlreadyExistsException | DirectoryNotEmptyException ex) {
			delete(aside);
		}
		catch (IOException ex) {
			delete(aside);
			if (!Files.isDirectory(home)) {
				throw ex;
			}
		}
		return home;
	}

	/**
	 * Put back what is missing: temporary files are cleaned up by age, one by one.
	 */
	private static void restore(Map<String, byte[]> files, Path home) throws IOException {
		for (Map.Entry<String, byte[]> file : files.entrySet()) {
			Path path = home.resolve(file.getKey());
			if (!Files.isRegularFile(path) || Files.size(path) != file.getValue().length) {
				Path aside = Files.createTempFile(home, "new-", null, WorkDir.PRIVATE_FILE);
				Files.write(aside, file.getValue());
				Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
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
