package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * Mounts a file system of one megabyte, in tests that run as root.
 */
public final class SmallDisk implements AutoCloseable {

	private final Path path;

	private SmallDisk(Path path) {
		this.path = path;
	}

	/**
	 * Mount one, or skip the test if that is not allowed.
	 */
	public static SmallDisk mount(Path path) throws IOException {
		Files.createDirectories(path);
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path.toString()) == 0,
				"needs the right to mount a file system");
		return new SmallDisk(path);
	}

	public Path path() {
		return this.path;
	}

	public void makeReadOnly() throws IOException {
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
