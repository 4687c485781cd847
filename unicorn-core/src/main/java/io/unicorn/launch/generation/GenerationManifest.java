package io.unicorn.launch.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.unicorn.launch.generation.Generation.Form;
import io.unicorn.launch.workdir.FileStamp;
import io.unicorn.launch.workdir.PrivateFile;

/**
 * Writes and checks the list of the files of a generation. A generation may lose files:
 * programs that clean temporary directories delete single files by age, and a power
 * failure can leave files empty.
 */
public final class GenerationManifest {

	/** Name of the list in its directory. */
	static final String NAME = "contents";

	private static final String HEADER = "unicorn generation 1";

	private static final String END = "end";

	private GenerationManifest() {
	}

	/**
	 * Write the list of the files in a directory into it, as the last of its files.
	 * @param jar name of the application's jar in the directory
	 */
	static void write(Path directory, String jar, Form form) throws IOException {
		List<String> lines = new ArrayList<>(List.of(HEADER, form.name(), EncodedPath.encode(jar)));
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
				lines.add(line(file, directory.relativize(file).toString()));
			}
		}
		lines.add(END);
		PrivateFile.write(directory.resolve(NAME), String.join("\n", lines) + "\n");
	}

	private static String line(Path file, String name) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return attributes.size() + " " + FileStamp.nanos(attributes.lastModifiedTime()) + " "
				+ EncodedPath.encode(name);
	}

	/**
	 * Return whether a generation is complete: a lookup of each of its files, without
	 * reading them.
	 */
	public static boolean isComplete(Generation generation) {
		return check(generation.directory()).isPresent();
	}

	/**
	 * Return the generation in a directory, or empty if any of its files is missing or
	 * has another size or time than in the list.
	 */
	static Optional<Generation> check(Path directory) {
		try {
			List<String> lines = Files.readAllLines(directory.resolve(NAME), StandardCharsets.UTF_8);
			int last = lines.size() - 1;
			if (last < 4 || !lines.get(0).equals(HEADER) || !lines.get(last).equals(END)) {
				return Optional.empty();
			}
			for (String line : lines.subList(3, last)) {
				String name = EncodedPath.decode(line.split(" ", 3)[2]);
				if (!line.equals(line(directory.resolve(name), name))) {
					return Optional.empty();
				}
			}
			return Optional.of(new Generation(directory.getFileName().toString(), directory,
					directory.resolve(EncodedPath.decode(lines.get(2))), Form.valueOf(lines.get(1))));
		}
		catch (IOException | RuntimeException ex) {
			// The caller makes a damaged generation again.
			return Optional.empty();
		}
	}

	/**
	 * Set the modification time of a directory or file, which marks it as used, so that
	 * it is not removed. Errors are ignored.
	 */
	public static void touch(Path directory, FileTime now) {
		try {
			Files.setLastModifiedTime(directory, now);
		}
		catch (IOException ex) {
			// Nothing is removed on a read-only file system either,
			// and the check that follows finds a missing directory.
		}
	}

}
