package io.unicorn.master.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.launch.workdir.PrivateFile;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.launch.workdir.WriteProblem;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;

/**
 * Writes the threads of workers into files, and finds the dumps that JVMs have written
 * themselves. Used by the main thread of the master; what may take long is done on
 * another one.
 */
final class ThreadDumps {

	/** Less than a worker has that is killed after its dump. */
	private static final Duration LIMIT = Duration.ofMillis(1500);

	/** Older dumps are removed. */
	static final int KEPT = 20;

	private static final String PREFIX = "threads-";

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	/** The JVM names its files itself, except for the directory. */
	private static final List<String> OF_THE_JVM = List.of("java_pid%d.hprof", "hs_err_pid%d.log");

	/**
	 * What a dump needs of the master.
	 *
	 * @param main runs a task on the main thread
	 * @param events receives what was written, on the main thread
	 * @param warnings receives lines for the log, on any thread
	 */
	record Master(Executor main, Consumer<Event> events, Consumer<String> warnings) {

	}

	private final Executor background;

	private final Executor each;

	/** The processes that listen because of a dump. */
	private final Set<Integer> listening = new HashSet<>();

	private final Path temporary;

	private final Clock clock;

	private final Master master;

	/**
	 * Create.
	 * @param background runs tasks one after the other
	 * @param each runs each dump; throws an {@code OutOfMemoryError} without a thread
	 * @param temporary where JVMs look for requests, usually {@code /tmp}
	 */
	ThreadDumps(Executor background, Executor each, Path temporary, Clock clock, Master master) {
		this.background = background;
		this.each = each;
		this.temporary = temporary;
		this.clock = clock;
		this.master = master;
	}

	/**
	 * Write the threads of a worker into a new file.
	 * @param quit sends SIGQUIT to the worker if it runs; called on the main thread
	 */
	void write(Effect.DumpThreads order, int pid, Runnable quit) {
		JvmAttachment jvm = new JvmAttachment(pid, this.temporary, LIMIT);
		try {
			if (!jvm.isListening()) {
				this.listening.add(pid);
				jvm.request();
				quit.run();
			}
			this.each.execute(() -> write(order, pid, jvm, quit));
		}
		catch (IOException | OutOfMemoryError ex) {
			jvm.withdraw();
			this.master.warnings().accept(failure(order, pid, String.valueOf(ex.getMessage())));
			quit.run();
		}
	}

	private void write(Effect.DumpThreads order, int pid, JvmAttachment jvm, Runnable quit) {
		Path directory = Path.of(order.directory());
		Path file = directory
			.resolve(PREFIX + TIME.format(this.clock.instant()) + "-worker-" + order.index() + "-pid" + pid + ".txt");
		try {
			dump(jvm, file);
		}
		catch (IOException ex) {
			this.master.warnings().accept(failure(order, pid, WriteProblem.reason(ex)));
			delete(file);
			if (jvm.isListening()) {
				// It has not printed them, because it has found the request.
				this.master.main().execute(quit);
			}
			return;
		}
		this.master.main()
			.execute(() -> this.master.events().accept(new Event.DumpWritten(order.id(), file.toString())));
		removeOld(directory);
	}

	private static void dump(JvmAttachment jvm, Path file) throws IOException {
		try (OutputStream out = PrivateFile.create(file)) {
			jvm.threadDump(out);
		}
		finally {
			jvm.withdraw();
		}
	}

	private static String failure(Effect.DumpThreads order, int pid, String reason) {
		return "worker " + order.index() + " (pid " + pid + "): its threads cannot be written to a file in "
				+ order.directory() + " but to its standard output: " + reason;
	}

	private static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// It was not created, or stays.
		}
	}

	private static void removeOld(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			List<Path> old = files.filter((file) -> file.getFileName().toString().startsWith(PREFIX))
				.sorted(Comparator.reverseOrder())
				.skip(KEPT)
				.toList();
			old.forEach(ThreadDumps::delete);
		}
		catch (IOException | UncheckedIOException ex) {
			// They stay, and the next dump finds them again.
		}
	}

	/** Make a directory for dumps again if it is gone. */
	void make(String directory) {
		if (!directory.isEmpty() && !Files.isDirectory(Path.of(directory))) {
			try {
				Files.createDirectories(Path.of(directory), WorkDir.PRIVATE_DIRECTORY);
			}
			catch (IOException ex) {
				this.master.warnings()
					.accept("unicorn.dump-dir is gone and cannot be made again: " + WriteProblem.reason(ex));
			}
		}
	}

	/** Delete the socket that a JVM has made for a dump: a killed one leaves it. */
	void exited(int pid) {
		if (this.listening.remove(pid)) {
			this.background.execute(() -> delete(this.temporary.resolve(".java_pid" + pid)));
		}
	}

	/** Look for the dump that the JVM of a worker has written before its end. */
	void find(Effect.LookForDump order) {
		this.background.execute(() -> OF_THE_JVM.stream()
			.map((name) -> Path.of(order.directory(), String.format(name, order.pid())))
			.filter((file) -> isWritten(file, order.since()))
			.forEach((file) -> this.master.main()
				.execute(() -> this.master.events().accept(new Event.DumpWritten(order.id(), file.toString())))));
	}

	private static boolean isWritten(Path file, Instant since) {
		try {
			return Files.isRegularFile(file) && !Files.getLastModifiedTime(file).toInstant().isBefore(since);
		}
		catch (IOException ex) {
			return false;
		}
	}

}
