package io.unicorn.sample.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.sample.testsupport.process.CleanUp;

/**
 * A directory that a pool may create and that is removed after the test.
 *
 * @param path the directory, which need not exist
 */
public record Scratch(Path path) implements AutoCloseable {

	@Override
	public void close() {
		if (Files.isDirectory(this.path)) {
			CleanUp.delete(this.path);
		}
	}

}
