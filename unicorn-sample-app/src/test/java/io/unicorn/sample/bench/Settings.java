package io.unicorn.sample.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How much is measured, and with what.
 *
 * @param quick whether to be quick rather than exact
 * @param chosenRounds the rounds of each workload, 0 for as many as is usual
 * @param directory a directory for files of this run
 * @param benchmarks the directory of the launcher, with files for other programs
 * @param coreClassPath what the JMH benchmarks of the core run from, or {@code null} if
 * that is not there
 * @param warm the pools that have run before, and have made their class data
 */
record Settings(boolean quick, int chosenRounds, Path directory, Path benchmarks, @Nullable String coreClassPath,
		Set<String> warm) {

	/** How many rounds, if nobody has said it. */
	int rounds(int usual) {
		if (this.chosenRounds > 0) {
			return this.chosenRounds;
		}
		return this.quick ? Math.min(2, usual) : usual;
	}

	/** A time in seconds, or a third of it if there is no time. */
	Duration seconds(int usual) {
		return this.quick ? Duration.ofMillis(usual * 1000L / 3) : Duration.ofSeconds(usual);
	}

	/** A number of requests, or a third of it if there is no time. */
	long amount(long usual) {
		return this.quick ? usual / 3 : usual;
	}

	/**
	 * How long to wait for class data; that is no figure, so quickness must not spoil it.
	 */
	Duration training() {
		return Duration.ofSeconds(90);
	}

	/** The other directory with files that other programs need. */
	Path soak() {
		return this.benchmarks.resolveSibling("soak");
	}

	/**
	 * Whether a command is installed.
	 */
	static boolean isInstalled(String command) {
		return List.of(System.getenv("PATH").split(":", -1))
			.stream()
			.anyMatch((directory) -> java.nio.file.Files.isExecutable(Path.of(directory, command)));
	}

}
