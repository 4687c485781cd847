package io.unicorn.sample;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that a pool may make and that must not outlive the test.
 *
 * @param path the directory, which need not exist
 */
record Scratch(Path path) implements AutoCloseable {

	@Override
	public void close() {
		if (Files.isDirectory(this.path)) {
			CleanUp.delete(this.path);
		}
	}

}
