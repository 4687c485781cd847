package io.unicorn.posix;

import java.util.HashSet;
import java.util.Set;

/**
 * Keeps all threads of a process out of the way of others, and lets them come back.
 * <ul>
 * <li>They use some of the processors alone: whoever wakes up finds another one free.
 * <li>Their turns are long (a request for a slice, Linux 6.12 and later). The scheduler
 * gives long turns late, and whoever asks for shorter ones, as everybody does, takes the
 * processor from them.
 * <li>They have the nice value that comes last, if that may be {@linkplain Niceness taken
 * back}.
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

	private final Kernel kernel;

	private final Processors processors;

	private final Niceness niceness;

	/** What distinguishes a thread in the background from another one. */
	private record Share(NativeMemory processors, int nice) {

	}

	Background(Kernel kernel, Niceness niceness) {
		this.kernel = kernel;
		this.processors = new Processors(kernel);
		this.niceness = niceness;
	}

	/**
	 * Keep a process out of the way. What the system does not know or refuses is left
	 * out.
	 * @param most how many processors it may use
	 */
	void enter(int pid, int most) {
		NativeMemory allowed = this.processors.of(OURSELVES);
		if (allowed != null) {
			Share share = new Share(this.processors.some(allowed, most), this.niceness.yielding());
			set(pid, this.niceness.own(), share, LONG_TURN_NANOS);
		}
	}

	/** Let a process have what this one has. */
	void leave(int pid) {
		NativeMemory allowed = this.processors.of(OURSELVES);
		if (allowed != null) {
			set(pid, this.niceness.yielding(), new Share(allowed, this.niceness.own()), USUAL_TURN);
		}
	}

	/** Change what threads have, but for what the application has chosen for one. */
	private void set(int pid, int presentNice, Share wanted, long turn) {
		NativeMemory present = this.processors.of(pid);
		if (present == null) {
			return;
		}
		Set<Integer> done = new HashSet<>();
		for (int pass = 0; pass < MOST_PASSES; pass++) {
			Set<Integer> threads = Tasks.of(pid);
			threads.removeAll(done);
			for (int thread : threads) {
				schedule(thread, presentNice, wanted.nice(), turn);
				this.processors.replace(thread, present, wanted.processors());
			}
			if (!done.addAll(threads)) {
				return;
			}
		}
	}

	private void schedule(int thread, int presentNice, int nice, long turn) {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.kernel, thread);
		if (attributes != null) {
			boolean expected = attributes.nice() == presentNice;
			attributes.turn(turn).nice(expected ? nice : attributes.nice()).apply();
		}
	}

}
