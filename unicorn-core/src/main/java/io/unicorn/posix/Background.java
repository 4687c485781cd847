package io.unicorn.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps all threads of a process out of the way of others, and lets them come back. A
 * nice value or a policy could do that too, but to take those back needs a privilege.
 * <ul>
 * <li>They use some of the processors alone: whoever wakes up finds another one free.
 * <li>Their turns are long (a request for a slice, Linux 6.12 and later). The scheduler
 * gives long turns late, and whoever asks for shorter ones, as everybody does, takes the
 * processor from them.
 * </ul>
 * Threads begin with what the thread has that starts them, so what all have at once, all
 * keep.
 */
final class Background {

	/** More often than a JVM starts threads while its threads are being listed. */
	private static final int MOST_PASSES = 5;

	/** The longest that the kernel takes. */
	private static final long LONG_TURN_NANOS = 100_000_000;

	/** Whatever the kernel gives to everybody. */
	private static final long USUAL_TURN = 0;

	private static final int OURSELVES = 0;

	/** {@code struct sched_attr} as of Linux 3.14, and its {@code sched_runtime}. */
	static final int ATTRIBUTES_SIZE = 48;

	static final int ATTRIBUTES_RUNTIME = 24;

	private final Kernel kernel;

	private final Processors processors;

	Background(Kernel kernel) {
		this.kernel = kernel;
		this.processors = new Processors(kernel);
	}

	/**
	 * Keep a process out of the way. What the system does not know or refuses is left
	 * out.
	 * @param most how many processors it may use
	 */
	void enter(int pid, int most) {
		NativeMemory allowed = this.processors.of(OURSELVES);
		if (allowed != null) {
			set(pid, this.processors.some(allowed, most), LONG_TURN_NANOS);
		}
	}

	/** Let a process have what this one has. */
	void leave(int pid) {
		NativeMemory allowed = this.processors.of(OURSELVES);
		if (allowed != null) {
			set(pid, allowed, USUAL_TURN);
		}
	}

	private void set(int pid, NativeMemory wanted, long nanos) {
		NativeMemory present = this.processors.of(pid);
		if (present == null) {
			return;
		}
		Set<Integer> done = new HashSet<>();
		for (int pass = 0; pass < MOST_PASSES; pass++) {
			Set<Integer> threads = threads(pid);
			threads.removeAll(done);
			for (int thread : threads) {
				turn(thread, nanos);
				// What the application has chosen for a thread stays.
				this.processors.replace(thread, present, wanted);
			}
			if (!done.addAll(threads)) {
				return;
			}
		}
	}

	private static Set<Integer> threads(int pid) {
		try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
			return tasks.map((task) -> Integer.valueOf(task.getFileName().toString()))
				.collect(Collectors.toCollection(HashSet::new));
		}
		catch (IOException | UncheckedIOException ex) {
			// It has ended.
			return new HashSet<>();
		}
	}

	private void turn(int thread, long nanos) {
		NativeMemory attributes = this.kernel.allocate(ATTRIBUTES_SIZE);
		if (this.kernel.libc().sched_getattr(thread, attributes, ATTRIBUTES_SIZE) == 0) {
			attributes.putLong(ATTRIBUTES_RUNTIME, nanos);
			this.kernel.libc().sched_setattr(thread, attributes);
		}
	}

}
