package io.unicorn.master.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.launch.workdir.PrivateFile;
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

	private final Executor thread;

	private final Path temporary;

	private final Clock clock;

	private final Master master;

	/**
	 * Create.
	 * @param thread runs tasks one after the other
	 * @param temporary where JVMs look for requests, usually {@code /tmp}
	 */
	ThreadDumps(Executor thread, Path temporary, Clock clock, Master master) {
		this.thread = thread;
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
				jvm.request();
				quit.run();
			}
		}
		catch (IOException ex) {
			this.master.warnings().accept(failure(order, pid, ex));
			quit.run();
			return;
		}
		this.thread.execute(() -> write(order, pid, jvm, quit));
	}

	private void write(Effect.DumpThreads order, int pid, JvmAttachment jvm, Runnable quit) {
		Path directory = Path.of(order.directory());
		Path file = directory
			.resolve(PREFIX + TIME.format(this.clock.instant()) + "-worker-" + order.index() + "-pid" + pid + ".txt");
		try {
			try (OutputStream out = PrivateFile.create(file)) {
				jvm.threadDump(out);
			}
			finally {
				jvm.withdraw();
			}
			this.master.main()
				.execute(() -> this.master.events().accept(new Event.DumpWritten(order.id(), file.toString())));
			removeOld(directory);
		}
		catch (IOException ex) {
			this.master.warnings().accept(failure(order, pid, ex));
			if (jvm.isListening()) {
				// It has not printed them, because it has found the request.
				this.master.main().execute(quit);
			}
			deleteIfEmpty(file);
		}
	}

	private static String failure(Effect.DumpThreads order, int pid, IOException ex) {
		return "worker " + order.index() + " (pid " + pid + "): its threads cannot be written to a file in "
				+ order.directory() + " but to its standard output: " + WriteProblem.reason(ex);
	}

	private static void deleteIfEmpty(Path file) {
		try {
			if (Files.size(file) == 0) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			// It was not created.
		}
	}

	private static void removeOld(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			List<Path> old = files.filter((file) -> file.getFileName().toString().startsWith(PREFIX))
				.sorted(Comparator.reverseOrder())
				.skip(KEPT)
				.toList();
			for (Path file : old) {
				Files.deleteIfExists(file);
			}
		}
	}

	/** Look for the dump that the JVM of a worker has written before its end. */
	void find(Effect.LookForDump order) {
		this.thread.execute(() -> OF_THE_JVM.stream()
			.map((name) -> Path.of(order.directory(), String.format(name, order.pid())))
			.filter(Files::isRegularFile)
			.forEach((file) -> this.master.main()
				.execute(() -> this.master.events().accept(new Event.DumpWritten(order.id(), file.toString())))));
	}

}
