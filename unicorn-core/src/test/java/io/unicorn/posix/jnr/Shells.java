package io.unicorn.posix.jnr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Exits;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs shell scripts as children; {@link #endAll} ends all of them. Not thread-safe.
 */
public class Shells {

	private static final int SIGKILL = 9;

	private final Posix posix;

	private final Set<Integer> running = new HashSet<>();

	public Shells(Posix posix) {
		this.posix = posix;
	}

	public int start(String script, int... descriptors) throws PosixException {
		return start(script, List.of("sh"), List.of("PATH=/usr/bin:/bin"), descriptors);
	}

	/**
	 * Start a script with parameters, of which the first is $0.
	 */
	int start(String script, List<String> parameters, List<String> environment, int... descriptors)
			throws PosixException {
		List<String> arguments = new ArrayList<>(List.of("sh", "-c", script));
		arguments.addAll(parameters);
		return start(new Command("/bin/sh", arguments, environment), descriptors);
	}

	public int start(Command command, int... descriptors) throws PosixException {
		int pid = this.posix.spawn(command, descriptors);
		this.running.add(pid);
		return pid;
	}

	/**
	 * Return the command that runs a class of these tests.
	 */
	public static Command java(Class<?> main, String... parameters) {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		List<String> arguments = new ArrayList<>(List.of("java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
				"-Djnr.ffi.asm.enabled=false", "--enable-native-access=ALL-UNNAMED", "-cp",
				System.getProperty("java.class.path"), main.getName()));
		arguments.addAll(List.of(parameters));
		arguments.replaceAll(Command::bytes);
		return new Command(Command.bytes(java), arguments, Command.ownEnvironment());
	}

	void adopt(int pid) throws PosixException {
		this.posix.adopt(pid);
		this.running.add(pid);
	}

	public Exit await() throws InterruptedException {
		Exit exit = Exits.await(this.posix);
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

	public void killAll() {
		this.running.forEach((pid) -> this.posix.kill(pid, SIGKILL));
	}

	public void endAll() throws InterruptedException {
		killAll();
		while (!this.running.isEmpty()) {
			await();
		}
	}

}
