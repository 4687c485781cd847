package io.unicorn.launch;

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

import io.unicorn.launch.Generation.Form;

/**
 * The list of the files of a generation, written last. Temporary directories are cleaned
 * up by age, file by file, and a power failure can leave files empty.
 */
final class Contents {

	/** Name of the list in its directory. */
	static final String NAME = "contents";

	private static final String HEADER = "unicorn generation 1";

	private static final String END = "end";

	private Contents() {
	}

	/**
	 * List what is in a directory.
	 * @param jar name of the application's jar in it
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
	 * Return the generation in a directory, if all its files are there as they were
	 * written.
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
			// Whatever is wrong with it, it is made again.
			return Optional.empty();
		}
	}

	/**
	 * Note that a directory is in use, so that it is not pruned.
	 */
	static void touch(Path directory, FileTime now) {
		try {
			Files.setLastModifiedTime(directory, now);
		}
		catch (IOException ex) {
			// On a read-only file system nobody prunes; a missing directory is found out.
		}
	}

}
