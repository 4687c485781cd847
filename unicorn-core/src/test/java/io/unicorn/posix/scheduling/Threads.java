package io.unicorn.posix.scheduling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import io.unicorn.posix.jnr.Shells;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.SchedulerCalls;
import org.junit.jupiter.api.Assumptions;

import static org.awaitility.Awaitility.await;

/**
 * Starts a JVM with threads to schedule, and reads their scheduling.
 */
final class Threads {

	static final SchedulerCalls CALLS = Kernel.load().libc();

	/** The name of one of the threads. */
	static final String NAMED = "unicorn-sleeper";

	private static final String SOURCE = """
			class Sleeper {

				public static void main(String[] args) {
					new Thread(Sleeper::sleep, "%s").start();
					sleep();
				}

				static void sleep() {
					try {
						Thread.sleep(60_000);
					}
					catch (InterruptedException ex) {
						// The thread ends.
					}
				}

			}
			""".formatted(NAMED);

	private Threads() {
	}

	/** Start a JVM that does nothing, and wait until it has its threads. */
	static int start(Shells shells, Path directory) throws IOException {
		Path source = Files.writeString(directory.resolve("Sleeper.java"), SOURCE);
		int pid = shells
			.start("exec " + Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:+UseSerialGC " + source);
		// A busy machine starts a JVM slowly; the timeout of the test is the limit.
		await().forever().until(() -> Tasks.of(pid).size() > 8 && !named(pid).isEmpty());
		return pid;
	}

	/** Return the threads of a process that have the name. */
	static List<Integer> named(int pid) {
		return Tasks.of(pid).stream().filter((thread) -> Tasks.name(pid, thread).equals(NAMED)).toList();
	}

	static SchedulerAttributes scheduling(int thread) {
		return Objects.requireNonNull(SchedulerAttributes.of(CALLS, thread));
	}

	/** Return the list of processors that a thread may use. */
	static String processors(int thread) {
		try {
			return Files.readAllLines(Path.of("/proc/" + thread + "/status"))
				.stream()
				.filter((line) -> line.startsWith("Cpus_allowed_list:"))
				.map((line) -> line.substring(line.indexOf('\t') + 1))
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void assumeNiceIsReversible() {
		Assumptions.assumeTrue(new Niceness(CALLS).isReversible(), "a nice value may not be lowered again");
	}

	static void assumeNiceZero() {
		Assumptions.assumeTrue(new Niceness(CALLS).own() == 0, "the tests run with another nice value");
	}

}
