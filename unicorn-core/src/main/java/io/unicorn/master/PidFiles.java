package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files that tell others the process id of the master while it runs.
 */
final class PidFiles {

	private final List<Path> files;

	private final String content;

	PidFiles(List<String> files, int pid) {
		this.files = files.stream().map(Path::of).toList();
		this.content = Integer.toString(pid);
	}

	void write(LogQueue log) {
		for (Path file : this.files) {
			try {
				Path parent = file.toAbsolutePath().getParent();
				if (parent != null) {
					Files.createDirectories(parent);
				}
				Files.writeString(file, this.content);
			}
			catch (IOException ex) {
				log.write(Effect.Level.WARN, "pid file " + file + " cannot be written: " + ex);
			}
		}
	}

	/**
	 * Delete the files, unless they name another process by now.
	 */
	void delete() {
		for (Path file : this.files) {
			try {
				if (Files.readString(file).strip().equals(this.content)) {
					Files.delete(file);
				}
			}
			catch (IOException ex) {
				// Gone already, or not ours any more.
			}
		}
	}

}
