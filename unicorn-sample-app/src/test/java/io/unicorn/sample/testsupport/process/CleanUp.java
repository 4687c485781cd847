package io.unicorn.sample.testsupport.process;

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

import io.unicorn.sample.testsupport.Await;

/**
 * Ends the remaining processes of a pool and reports everything that it should not have
 * left.
 */
public final class CleanUp {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	/**
	 * The status of a process that SIGKILL has ended and that could not clean up.
	 */
	private static final int KILLED = 128 + 9;

	private final Process process;

	private final ProcessTree processes;

	private final Path workDir;

	private final List<String> mayLeave;

	private final List<String> complaints = new ArrayList<>();

	public CleanUp(Process process, ProcessTree processes, Path workDir, List<String> mayLeave) {
		this.process = process;
		this.processes = processes;
		this.workDir = workDir;
		this.mayLeave = mayLeave;
	}

	/**
	 * Clean up. A pool that still runs is killed, and only processes that survive are
	 * reported; a pool that has ended by itself must have left nothing.
	 * @param port the port it listened on, if that is known
	 * @return the complaints
	 */
	public List<String> run(Optional<Integer> port) {
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
		if (!this.processes.isGoneWithin(TIMEOUT)) {
			this.complaints.add("processes " + this.processes.alive());
			kill();
		}
		if (this.process.exitValue() != KILLED) {
			Leftovers.files(this.workDir, this.mayLeave).forEach((file) -> this.complaints.add("file " + file));
			Leftovers.performanceData(this.process.pid()).forEach((file) -> this.complaints.add("file " + file));
		}
	}

	private void kill() {
		if (!this.processes.killWithin(TIMEOUT)) {
			this.complaints.add("processes that do not die " + this.processes.alive());
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
