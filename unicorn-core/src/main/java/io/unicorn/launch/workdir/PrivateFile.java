package io.unicorn.launch.workdir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Writes files with mode 0400: only their owner can read them, and no user can change
 * them.
 */
public final class PrivateFile {

	private static final FileAttribute<Set<PosixFilePermission>> MODE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("r--------"));

	private PrivateFile() {
	}

	/**
	 * Create a file, with its parents.
	 * @return a stream into the file, without a buffer; the caller closes it
	 * @throws java.nio.file.FileAlreadyExistsException if it exists
	 */
	public static OutputStream create(Path file) throws IOException {
		Files.createDirectories(file.getParent(), WorkDir.PRIVATE_DIRECTORY);
		return Channels.newOutputStream(
				Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), MODE));
	}

	/**
	 * Create a file with a text in UTF-8, with its parents.
	 * @throws java.nio.file.FileAlreadyExistsException if it exists
	 */
	public static void write(Path file, String text) throws IOException {
		try (OutputStream out = create(file)) {
			out.write(text.getBytes(StandardCharsets.UTF_8));
		}
	}

	/**
	 * Write a file by renaming another: readers see the old or the new content, and never
	 * a part of it. The last of several writers wins.
	 * @param directory an existing directory in the work dir
	 */
	public static void replace(Path directory, String name, String text) throws IOException {
		try (StagingDirectory staging = StagingDirectory.create(directory)) {
			Path written = staging.path().resolve("file");
			write(written, text);
			Files.move(written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
	}

}
