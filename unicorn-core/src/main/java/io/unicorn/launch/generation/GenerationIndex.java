package io.unicorn.launch.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.unicorn.launch.workdir.FileStamp;
import io.unicorn.launch.workdir.PrivateFile;
import io.unicorn.launch.workdir.WorkDir;

/**
 * Records which generation was made of which files, in a small file for each application,
 * so that a start need not read the application. A lost or damaged index is made again.
 */
final class GenerationIndex {

	private static final String DIRECTORY = "index";

	private static final String HEADER = "unicorn index 1";

	private static final String END = "end";

	private final WorkDir workDir;

	GenerationIndex(WorkDir workDir) {
		this.workDir = workDir;
	}

	/**
	 * Return the id of the generation of a jar, if the jar and all files that belong to
	 * it are unchanged.
	 * @param jar real path of the jar
	 * @param name name of its copy
	 * @return the id, or empty if it is unknown
	 */
	Optional<String> find(Path jar, Path name) {
		try {
			List<String> lines = Files.readAllLines(this.workDir.resolve(DIRECTORY).resolve(key(jar, name)),
					StandardCharsets.UTF_8);
			int last = lines.size() - 1;
			if (last < 3 || !lines.get(0).equals(HEADER) || !lines.get(last).equals(END)
					|| !lines.get(2).endsWith(" " + encode(jar))) {
				return Optional.empty();
			}
			for (String line : lines.subList(2, last)) {
				Path source = Path.of(EncodedPath.decode(line.substring(line.lastIndexOf(' ') + 1)));
				if (!line.equals(line(source, FileStamp.of(source)))) {
					return Optional.empty();
				}
			}
			return Optional.of(lines.get(1)).filter((id) -> id.matches("[0-9a-f]+"));
		}
		catch (IOException | RuntimeException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Record a generation, unless one of its files was written so recently that another
	 * write would not change its stamp. Errors are ignored.
	 * @param taken an instant before the files were read
	 */
	void put(Path jar, Path name, JarSnapshot snapshot, Instant taken) {
		Map<Path, FileStamp> sources = snapshot.sources();
		if (!snapshot.settled(taken)) {
			return;
		}
		List<String> lines = new ArrayList<>(List.of(HEADER, snapshot.id()));
		sources.forEach((source, stamp) -> lines.add(line(source, stamp)));
		lines.add(END);
		try {
			PrivateFile.replace(this.workDir.directory(DIRECTORY), key(jar, name), String.join("\n", lines) + "\n");
		}
		catch (IOException ex) {
			// The next start reads the jar again.
		}
	}

	private static String line(Path source, FileStamp stamp) {
		return stamp + " " + encode(source);
	}

	private static String encode(Path path) {
		return EncodedPath.encode(path.toString());
	}

	private static String key(Path jar, Path name) {
		String key = jar + "\n" + name;
		return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
	}

}
