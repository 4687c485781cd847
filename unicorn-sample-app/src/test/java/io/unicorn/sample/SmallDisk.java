package io.unicorn.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * A private directory that is a file system of its own, of few megabytes, for tests that
 * run as root.
 *
 * @param path where it is mounted
 */
record SmallDisk(Path path) implements AutoCloseable {

	/**
	 * Mount one, or skip the test where that is not allowed.
	 */
	static SmallDisk mount(Path path, int megabytes) throws IOException {
		Files.createDirectories(path);
		Assumptions.assumeTrue(
				run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + megabytes + "m", "tmpfs", path.toString()) == 0,
				"needs the right to mount a file system");
		return new SmallDisk(path);
	}

	void makeReadOnly() {
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
