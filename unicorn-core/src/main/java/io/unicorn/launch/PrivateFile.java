package io.unicorn.launch;

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
 * Files that their owner alone can read, and nobody is to change.
 */
final class PrivateFile {

	private static final FileAttribute<Set<PosixFilePermission>> MODE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("r--------"));

	private PrivateFile() {
	}

	/**
	 * Create a file that does not exist, with its parents.
	 */
	static OutputStream create(Path file) throws IOException {
		Files.createDirectories(file.getParent(), WorkDir.PRIVATE_DIRECTORY);
		return Channels.newOutputStream(
				Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), MODE));
	}

	static void write(Path file, String text) throws IOException {
		write(file, text.getBytes(StandardCharsets.UTF_8));
	}

	private static void write(Path file, byte[] content) throws IOException {
		try (OutputStream out = create(file)) {
			out.write(content);
		}
	}

	/**
	 * Write a file in one step: nobody sees half of it, and of two writers one wins.
	 */
	static void replace(Path directory, String name, String text) throws IOException {
		replace(directory, name, text.getBytes(StandardCharsets.UTF_8));
	}

	static void replace(Path directory, String name, byte[] content) throws IOException {
		try (Aside aside = Aside.create(directory)) {
			Path written = aside.path().resolve("file");
			write(written, content);
			Files.move(written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
	}

}
