package io.unicorn.master.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Reads which files a process writes, as the kernel shows them.
 */
final class WrittenFiles {

	private static final int APPEND = 02000;

	private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

	private final Path processes;

	/**
	 * Create a reader.
	 * @param processes the directory {@code /proc}
	 */
	WrittenFiles(Path processes) {
		this.processes = processes;
	}

	/**
	 * Return the files of a process that are not empty. None if the process has ended or
	 * does not show them. A database of SQLite is omitted, because SQLite locks what it
	 * writes.
	 */
	List<WrittenFile> of(int pid) {
		List<WrittenFile> files = new ArrayList<>();
		for (WrittenDescriptor descriptor : WrittenDescriptor.of(pid, this.processes)) {
			WrittenFile file = isOrdinary(descriptor.target()) ? read(descriptor) : null;
			if (file != null) {
				files.add(file);
			}
		}
		return files;
	}

	private static @Nullable WrittenFile read(WrittenDescriptor descriptor) {
		Path link = descriptor.link();
		try {
			BasicFileAttributes attributes = Files.readAttributes(link, BasicFileAttributes.class);
			if (!attributes.isRegularFile() || attributes.size() == 0 || isSqlite(link)) {
				return null;
			}
			return new WrittenFile(descriptor.target(), Objects.requireNonNull(attributes.fileKey()),
					(descriptor.flags() & APPEND) != 0);
		}
		catch (IOException ex) {
			// Closed meanwhile.
			return null;
		}
	}

	/**
	 * What the kernel shows of itself and a file without a name are of no interest.
	 */
	private static boolean isOrdinary(String path) {
		return !path.startsWith("/proc/") && !path.startsWith("/sys/") && !path.startsWith("/memfd:")
				&& !path.endsWith(" (deleted)");
	}

	private static boolean isSqlite(Path file) {
		try (InputStream in = Files.newInputStream(file)) {
			return Arrays.equals(in.readNBytes(SQLITE.length), SQLITE);
		}
		catch (IOException ex) {
			return false;
		}
	}

}
