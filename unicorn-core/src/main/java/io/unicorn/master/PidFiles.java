package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.launch.plan.PidFile;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.log.LogQueue;

/**
 * Writes and deletes the files that hold the process id of the master while it runs.
 */
final class PidFiles {

	private final List<Path> files;

	private final int pid;

	PidFiles(List<String> files, int pid) {
		this.files = files.stream().map(Path::of).toList();
		this.pid = pid;
	}

	void write(LogQueue log) {
		for (Path file : this.files) {
			String refusal;
			try {
				refusal = new PidFile(file).write(this.pid);
			}
			catch (IOException ex) {
				refusal = ex.toString();
			}
			if (refusal != null) {
				log.write(Effect.Level.WARN, "pid file " + file + " cannot be written: " + refusal);
			}
		}
	}

	/**
	 * Delete the files, unless they name another process by now.
	 */
	void delete() {
		for (Path file : this.files) {
			try {
				new PidFile(file).delete(this.pid);
			}
			catch (IOException ex) {
				// Deleted already, or unreadable.
			}
		}
	}

}
