package io.unicorn.posix.scheduling;

import java.util.HashSet;
import java.util.Set;

import io.unicorn.posix.libc.SchedulerCalls;

/**
 * Confines the threads of a process, so that those of other processes wait less for a
 * processor, and undoes that.
 * <ul>
 * <li>They use some of the processors only, so a thread of another process finds another
 * processor free.
 * <li>Their time slices are long (a request to the scheduler, Linux 6.12 and later). The
 * scheduler starts long slices late, and lets a thread with the default, shorter slice
 * interrupt them.
 * <li>They have the highest nice value, if that may be {@linkplain Niceness lowered
 * again}.
 * </ul>
 * A new thread inherits these from the thread that starts it, so once all threads have
 * them, later ones have them too. Thread-safe.
 */
public final class Background {

	/** The threads are listed again until no new one is found, at most this often. */
	private static final int MOST_PASSES = 5;

	/** The longest slice that the kernel accepts. */
	private static final long LONG_SLICE_NANOS = 100_000_000;

	/** Stands for the default of the kernel. */
	private static final long DEFAULT_SLICE = 0;

	private static final int CALLING_THREAD = 0;

	private final SchedulerCalls calls;

	private final Processors processors;

	private final Niceness niceness;

	/** A nice value, and the one that a thread must have to get it. */
	private record Nice(int expected, int wanted) {

	}

	/**
	 * Create with access to the scheduler.
	 * @param niceness which nice value a confined process has
	 */
	public Background(SchedulerCalls calls, Niceness niceness) {
		this.calls = calls;
		this.processors = new Processors(calls);
		this.niceness = niceness;
	}

	/**
	 * Confine a process. A part that the system refuses is left out.
	 * @param pid its id; the caller makes sure that it is not reaped meanwhile
	 * @param most how many processors it may use, at least 1
	 */
	public void enter(int pid, int most) {
		byte[] allowed = this.processors.of(CALLING_THREAD);
		if (allowed != null) {
			Nice nice = new Nice(this.niceness.own(), this.niceness.inBackground());
			set(pid, this.processors.some(allowed, most), nice, LONG_SLICE_NANOS);
		}
	}

	/**
	 * Give a process the processors, slices and nice value of this one again.
	 * @param pid its id; the caller makes sure that it is not reaped meanwhile
	 */
	public void leave(int pid) {
		byte[] allowed = this.processors.of(CALLING_THREAD);
		if (allowed != null) {
			Nice nice = new Nice(this.niceness.inBackground(), this.niceness.own());
			set(pid, allowed, nice, DEFAULT_SLICE);
		}
	}

	/**
	 * Change the threads of a process. A thread whose processors or nice value are not
	 * the expected ones keeps them: the application has set them.
	 */
	private void set(int pid, byte[] wanted, Nice nice, long slice) {
		byte[] present = this.processors.of(pid);
		if (present == null) {
			return;
		}
		Set<Integer> done = new HashSet<>();
		for (int pass = 0; pass < MOST_PASSES; pass++) {
			Set<Integer> threads = Tasks.of(pid);
			threads.removeAll(done);
			for (int thread : threads) {
				schedule(thread, nice, slice);
				this.processors.replace(thread, present, wanted);
			}
			if (!done.addAll(threads)) {
				return;
			}
		}
	}

	private void schedule(int thread, Nice nice, long slice) {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.calls, thread);
		if (attributes != null) {
			boolean expected = attributes.nice() == nice.expected();
			attributes.slice(slice).nice(expected ? nice.wanted() : attributes.nice()).apply();
		}
	}

}
