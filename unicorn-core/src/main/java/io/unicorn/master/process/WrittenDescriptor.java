package io.unicorn.master.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that a process has open for writing, as the kernel shows it.
 *
 * @param link leads to the file, even if that has lost its name
 * @param target the name of the file
 * @param flags those of {@code open(2)}
 */
record WrittenDescriptor(Path link, String target, int flags) {

	/** {@code O_WRONLY} and {@code O_RDWR}. */
	private static final int WRITES = 03;

	private static final String FLAGS = "flags:";

	/**
	 * Return the files of a process. None if the process has ended or does not show them.
	 * @param proc where the files of processes are, usually {@code /proc}
	 */
	static List<WrittenDescriptor> of(int pid, Path proc) {
		List<WrittenDescriptor> found = new ArrayList<>();
		Path process = proc.resolve(Integer.toString(pid));
		try (DirectoryStream<Path> links = Files.newDirectoryStream(process.resolve("fd"))) {
			for (Path link : links) {
				add(link, process.resolve("fdinfo").resolve(link.getFileName()), found);
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// The process has ended, or its files are not visible.
		}
		return found;
	}

	private static void add(Path link, Path info, List<WrittenDescriptor> found) {
		try {
			String target = Files.readSymbolicLink(link).toString();
			// Sockets, pipes and memory have no path.
			int flags = target.startsWith("/") ? flags(info) : 0;
			if ((flags & WRITES) != 0) {
				found.add(new WrittenDescriptor(link, target, flags));
			}
		}
		catch (IOException ex) {
			// The descriptor was closed meanwhile.
		}
	}

	private static int flags(Path info) throws IOException {
		for (String line : Files.readAllLines(info, StandardCharsets.ISO_8859_1)) {
			if (line.startsWith(FLAGS)) {
				return Integer.parseInt(line.substring(FLAGS.length()).strip(), 8);
			}
		}
		return 0;
	}

}
