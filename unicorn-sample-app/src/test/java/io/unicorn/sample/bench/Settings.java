package io.unicorn.sample.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Configures a run.
 *
 * @param quick whether the run is short and less exact
 * @param chosenRounds the rounds of each workload, 0 for the usual number
 * @param directory a directory for files of this run
 * @param benchmarks the directory of the launcher, with files for other programs
 * @param coreClassPath the class path of the JMH benchmarks of the core, or {@code null}
 * if it is missing
 * @param warm the pools that have run before and have a class-data cache
 */
public record Settings(boolean quick, int chosenRounds, Path directory, Path benchmarks, @Nullable String coreClassPath,
		Set<String> warm) {

	/** Return the number of rounds. */
	public int rounds(int usual) {
		if (this.chosenRounds > 0) {
			return this.chosenRounds;
		}
		return this.quick ? Math.min(2, usual) : usual;
	}

	/** Return a time, a third of it in a quick run. */
	public Duration seconds(int usual) {
		return this.quick ? Duration.ofMillis(usual * 1000L / 3) : Duration.ofSeconds(usual);
	}

	/** Return a number of requests, a third of it in a quick run. */
	public long amount(long usual) {
		return this.quick ? usual / 3 : usual;
	}

	/**
	 * How long to wait for a class-data cache. It is not measured, so it is the same in a
	 * quick run.
	 */
	Duration training() {
		return Duration.ofSeconds(90);
	}

	/** The directory of the soak, with configuration for other servers. */
	public Path soak() {
		return this.benchmarks.resolveSibling("soak");
	}

	/**
	 * Whether a command is installed.
	 */
	public static boolean isInstalled(String command) {
		return List.of(System.getenv("PATH").split(":", -1))
			.stream()
			.anyMatch((directory) -> java.nio.file.Files.isExecutable(Path.of(directory, command)));
	}

}
