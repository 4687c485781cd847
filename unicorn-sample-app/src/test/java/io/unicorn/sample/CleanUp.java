package io.unicorn.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ends what is left of a pool and says what should not have been left.
 */
public final class CleanUp {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	/**
	 * The status of a process that a SIGKILL has ended, which cannot have cleaned up.
	 */
	private static final int KILLED = 128 + 9;

	private final Process process;

	private final Family family;

	private final Path workDir;

	private final List<String> mayLeave;

	private final List<String> complaints = new ArrayList<>();

	CleanUp(Process process, Family family, Path workDir, List<String> mayLeave) {
		this.process = process;
		this.family = family;
		this.workDir = workDir;
		this.mayLeave = mayLeave;
	}

	/**
	 * Clean up. A pool that still runs is killed, and only what cannot be killed is
	 * complained of; one that has ended by itself must have left nothing.
	 * @param port the port it listened on, if that is known
	 * @return the complaints
	 */
	List<String> run(Optional<Integer> port) {
		if (this.process.isAlive()) {
			kill();
		}
		else {
			inspect();
		}
		port.filter((number) -> !Await.holds(TIMEOUT, () -> !Leftovers.isListening(number)))
			.ifPresent((number) -> this.complaints.add("a listener on port " + number));
		return this.complaints;
	}

	private void inspect() {
		if (!this.family.isGoneWithin(TIMEOUT)) {
			this.complaints.add("processes " + this.family.alive());
			kill();
		}
		if (this.process.exitValue() != KILLED) {
			Leftovers.files(this.workDir, this.mayLeave).forEach((file) -> this.complaints.add("file " + file));
		}
	}

	private void kill() {
		if (!this.family.killWithin(TIMEOUT)) {
			this.complaints.add("processes that do not die " + this.family.alive());
		}
	}

	/**
	 * Delete a directory and everything in it.
	 * @param directory the directory
	 */
	public static void delete(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
