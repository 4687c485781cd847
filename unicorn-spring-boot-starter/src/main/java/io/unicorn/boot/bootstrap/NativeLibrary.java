package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.unicorn.launch.workdir.DefaultWorkDirs;
import io.unicorn.launch.workdir.StagingDirectory;
import io.unicorn.launch.workdir.WorkDir;
import org.jspecify.annotations.Nullable;

/**
 * Finds a directory from which the native library can be loaded. Linux maps no code from
 * a file system that is mounted {@code noexec}, as the one of temporary files may be. A
 * directory counts if the library was loaded from it: nothing else tells for sure.
 */
final class NativeLibrary {

	/** The name under which jffi looks for it in a directory. */
	static final String NAME = "libjffi-1.2.so";

	private static final String DIRECTORY = "native";

	/** Whether this process has the library. A second copy would mix with the first. */
	private static boolean loaded;

	private final List<Path> others;

	private final Consumer<Path> loading;

	/**
	 * Create for this process.
	 */
	NativeLibrary() {
		this(DefaultWorkDirs.all(), NativeLibrary::loadOnce);
	}

	private static synchronized void loadOnce(Path file) {
		if (!loaded) {
			System.load(file.toString());
			loaded = true;
		}
	}

	/**
	 * Create.
	 * @param others private directories to try after the first one
	 * @param loading loads a library into this process, or throws
	 */
	NativeLibrary(List<Path> others, Consumer<Path> loading) {
		this.others = List.copyOf(others);
		this.loading = loading;
	}

	/**
	 * Load the library from the first directory that allows it.
	 * @param first the directory that has the library; another one gets a copy
	 * @return the directory
	 * @throws PoolStartException if no directory allows it
	 */
	Path load(Path first) {
		Throwable failure = refusal(first.resolve(NAME));
		if (failure == null) {
			return first;
		}
		List<String> tried = new ArrayList<>(List.of(first.toString()));
		for (Path other : this.others) {
			tried.add(other.toString());
			try {
				Path directory = copy(first, other);
				if (refusal(directory.resolve(NAME)) == null) {
					return directory;
				}
			}
			catch (IOException ex) {
				// The failure in the first directory is the one to report.
			}
		}
		throw new PoolStartException("the native library cannot be loaded, not from any of " + String.join(", ", tried),
				"It needs glibc and a directory that is not mounted noexec: set unicorn.work-dir to one. "
						+ "If the JVM forbids native access, start it with --enable-native-access=ALL-UNNAMED.",
				failure);
	}

	private @Nullable Throwable refusal(Path file) {
		try {
			this.loading.accept(file);
			return null;
		}
		catch (LinkageError | RuntimeException ex) {
			return ex;
		}
	}

	/** The directory is named as the first one: by a hash of what it holds. */
	private static Path copy(Path first, Path other) throws IOException {
		Path source = first.resolve(NAME);
		Path parent = WorkDir.open(other).directory(DIRECTORY);
		Path directory = Files.createDirectories(parent.resolve(String.valueOf(first.getFileName())),
				WorkDir.PRIVATE_DIRECTORY);
		Path target = directory.resolve(NAME);
		if (!Files.isRegularFile(target) || Files.mismatch(source, target) >= 0) {
			try (StagingDirectory staging = StagingDirectory.create(parent)) {
				Path copied = Files.copy(source, staging.path().resolve(NAME));
				Files.move(copied, target, StandardCopyOption.ATOMIC_MOVE);
			}
		}
		return directory;
	}

}
