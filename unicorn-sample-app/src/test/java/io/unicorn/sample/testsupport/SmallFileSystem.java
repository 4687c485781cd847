package io.unicorn.sample.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * Mounts a file system of a few megabytes as a private directory, for tests that run as
 * root.
 *
 * @param path where it is mounted
 */
public record SmallFileSystem(Path path) implements AutoCloseable {

	/**
	 * Mount a file system, or skip the test where that is not allowed.
	 */
	public static SmallFileSystem mount(Path path, int megabytes) throws IOException {
		return mount(path, "size=" + megabytes + "m");
	}

	/**
	 * Mount a file system from which no program can be run, or skip the test where that
	 * is not allowed.
	 */
	public static SmallFileSystem mountWithoutExecution(Path path) throws IOException {
		return mount(path, "noexec");
	}

	private static SmallFileSystem mount(Path path, String option) throws IOException {
		Files.createDirectories(path);
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "mode=0700," + option, "tmpfs", path.toString()) == 0,
				"needs the right to mount a file system");
		return new SmallFileSystem(path);
	}

	public void makeReadOnly() {
		if (run("mount", "-o", "remount,ro", this.path.toString()) != 0) {
			throw new IllegalStateException("Cannot make " + this.path + " read-only");
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
