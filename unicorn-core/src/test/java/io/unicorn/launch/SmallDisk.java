package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * A file system of one megabyte, for tests that run as root.
 */
final class SmallDisk implements AutoCloseable {

	private final Path path;

	private SmallDisk(Path path) {
		this.path = path;
	}

	/**
	 * Mount one, or skip the test where that is not allowed.
	 */
	static SmallDisk mount(Path path) throws IOException {
		Files.createDirectories(path);
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path.toString()) == 0,
				"needs the right to mount a file system");
		return new SmallDisk(path);
	}

	Path path() {
		return this.path;
	}

	void makeReadOnly() throws IOException {
		if (run("mount", "-o", "remount,ro", this.path.toString()) != 0) {
			throw new IOException("cannot make " + this.path + " read-only");
		}
	}

	@Override
	public void close() {
		run("umount", "-l", this.path.toString());
	}

	private static int run(String... command) {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.onExit()
				.join()
				.exitValue();
		}
		catch (IOException ex) {
			return -1;
		}
	}

}
