package io.unicorn.sample.testsupport.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the scheduling policies of the optimizing compiler threads of a JVM.
 */
public final class CompilerPolicies {

	/** {@code SCHED_OTHER}. */
	public static final String USUAL = "0";

	/** {@code SCHED_IDLE}. */
	public static final String WAITING = "5";

	private static final String CAPABILITIES = "CapEff:";

	private static final long CAP_SYS_NICE = 1L << 23;

	/** The index among the fields after the name; {@code man 5 proc} counts two more. */
	private static final int POLICY = 38;

	private CompilerPolicies() {
	}

	/** Whether a master that the tests start may change the policies. */
	public static boolean mayWait() {
		return Stream.of(read(Path.of("/proc/self/status")).split("\n", -1))
			.filter((line) -> line.startsWith(CAPABILITIES))
			.anyMatch((line) -> (Long.parseUnsignedLong(line.substring(CAPABILITIES.length()).strip(), 16)
					& CAP_SYS_NICE) != 0);
	}

	/** Return the scheduling policies of the threads of a JVM's compiler. */
	public static Set<String> policies(long pid) {
		try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
			return threads.map((thread) -> read(thread.resolve("stat")))
				.filter((stat) -> stat.contains("(C2 "))
				.map((stat) -> stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY])
				.collect(Collectors.toSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			// The thread has ended meanwhile.
			return "";
		}
	}

}
