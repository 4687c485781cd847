package io.unicorn.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells how many files this process may have open. A JVM raises the soft limit to the
 * hard one when it starts, so there is nothing left to raise.
 */
public final class OpenFiles {

	/**
	 * The lowest number of a descriptor that is passed on to workers. A child gets its
	 * descriptors as 3, 4 and so on; with higher numbers here, none overwrites one that
	 * is not passed yet.
	 */
	public static final int FIRST_PASSED = 100;

	/** For listeners, leases, and commands. */
	private static final int OTHERS = 28;

	/** A control connection and a lease, also of a worker that is being replaced. */
	private static final int PER_WORKER = 4;

	private OpenFiles() {
	}

	/**
	 * Return the limit, or {@link Long#MAX_VALUE} if there is none or it is not known.
	 */
	public static long limit() {
		return limit(Path.of("/proc/self/limits"));
	}

	static long limit(Path limits) {
		try {
			return Files.readAllLines(limits, StandardCharsets.ISO_8859_1)
				.stream()
				.filter((line) -> line.startsWith("Max open files "))
				.map((line) -> line.substring("Max open files ".length()).strip().split(" +", -1)[0])
				.filter((number) -> number.matches("[0-9]{1,18}"))
				.mapToLong(Long::parseLong)
				.findFirst()
				.orElse(Long.MAX_VALUE);
		}
		catch (IOException ex) {
			return Long.MAX_VALUE;
		}
	}

	/**
	 * Return how many a master needs.
	 */
	public static long neededFor(int workers) {
		return FIRST_PASSED + OTHERS + (long) PER_WORKER * workers;
	}

}
