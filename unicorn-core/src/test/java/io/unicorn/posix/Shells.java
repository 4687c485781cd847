package io.unicorn.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shell scripts as children; {@link #endAll} leaves none behind. Not thread-safe.
 */
class Shells {

	private static final int SIGKILL = 9;

	private final Posix posix;

	private final Set<Integer> running = new HashSet<>();

	Shells(Posix posix) {
		this.posix = posix;
	}

	int start(String script, int... descriptors) throws PosixException {
		return start(script, List.of("sh"), List.of("PATH=/usr/bin:/bin"), descriptors);
	}

	/**
	 * Start a script that sees the given parameters as $0, $1, ...
	 */
	int start(String script, List<String> parameters, List<String> environment, int... descriptors)
			throws PosixException {
		List<String> arguments = new ArrayList<>(List.of("sh", "-c", script));
		arguments.addAll(parameters);
		return start(new Command("/bin/sh", arguments, environment), descriptors);
	}

	int start(Command command, int... descriptors) throws PosixException {
		int pid = this.posix.spawn(command, descriptors);
		this.running.add(pid);
		return pid;
	}

	void adopt(int pid) throws PosixException {
		this.posix.adopt(pid);
		this.running.add(pid);
	}

	Exit await() throws InterruptedException {
		Exit exit = this.posix.awaitExit();
		assertThat(this.running.remove(exit.pid())).as("pid %d is ours", exit.pid()).isTrue();
		return exit;
	}

	/**
	 * Run a script that writes to the file named {@code $out} and return what it wrote.
	 */
	List<String> run(Path out, String script, int... descriptors) throws IOException, InterruptedException {
		start(script, List.of("sh"), List.of("PATH=/usr/bin:/bin", "out=" + Command.bytes(out)), descriptors);
		assertThat(await().code()).isZero();
		return Files.readAllLines(out, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Run a script with its output in a file and return what is in it.
	 */
	List<String> runInto(Path output, String script) throws IOException, InterruptedException {
		this.running.add(this.posix
			.spawn(new Command("/bin/sh", List.of("sh", "-c", script), List.of("PATH=/usr/bin:/bin")), output));
		assertThat(await().code()).isZero();
		return Files.readAllLines(output);
	}

	void killAll() {
		this.running.forEach((pid) -> this.posix.kill(pid, SIGKILL));
	}

	void endAll() throws InterruptedException {
		killAll();
		while (!this.running.isEmpty()) {
			await();
		}
	}

}
