package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the files that a JVM deletes when it exits, which it does not do when the
 * process executes another program. The kernel knows their names, because they are open
 * or mapped; system properties may name another directory or user.
 */
final class JvmLeftovers {

	/** The file in which HotSpot publishes the counters of this JVM. */
	private static final String COUNTERS = "/hsperfdata_";

	/** Part of the name of a directory into which Spring Boot's loader unpacks jars. */
	private static final String UNPACKED = "-spring-boot-libs-";

	private static final String RECORDING = ".jfr";

	private final long pid;

	JvmLeftovers(long pid) {
		this.pid = pid;
	}

	/** Delete them. What cannot be deleted stays. */
	void delete() {
		try {
			Set<Path> found = new LinkedHashSet<>();
			Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)
				.stream()
				.filter((mapping) -> mapping.contains("/"))
				.map((mapping) -> Path.of(Command.text(mapping.substring(mapping.indexOf('/')))))
				.filter(this::isCounters)
				.forEach(found::add);
			try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
				for (Path descriptor : descriptors) {
					addOpen(descriptor, found);
				}
			}
			for (Path path : found) {
				delete(path);
			}
		}
		catch (IOException | RuntimeException ex) {
			// They are small, and lie where temporary files do.
		}
	}

	private void addOpen(Path descriptor, Set<Path> found) {
		try {
			Path leftover = leftover(Files.readSymbolicLink(descriptor));
			if (leftover != null) {
				found.add(leftover);
			}
		}
		catch (IOException ex) {
			// Closed meanwhile.
		}
	}

	private boolean isCounters(Path file) {
		return file.toString().contains(COUNTERS) && file.endsWith(Long.toString(this.pid));
	}

	/**
	 * Return what a file that is open tells to delete: the directory of unpacked jars or
	 * of a flight recording, a file whose name has a placeholder that only workers
	 * replace, or {@code null}.
	 */
	@Nullable Path leftover(Path open) {
		Path directory = open.getParent();
		String parent = (directory != null) ? String.valueOf(directory.getFileName()) : "";
		String name = String.valueOf(open.getFileName());
		if (parent.contains(UNPACKED) || (name.endsWith(RECORDING) && parent.endsWith("_" + this.pid))) {
			return directory;
		}
		return name.contains(WorkerCommand.PLACEHOLDER) ? open : null;
	}

	static void delete(Path path) throws IOException {
		if (Files.isDirectory(path)) {
			try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
				for (Path entry : entries) {
					Files.deleteIfExists(entry);
				}
			}
		}
		Files.deleteIfExists(path);
	}

}
