package io.unicorn.posix;

import org.jspecify.annotations.Nullable;

/**
 * What the scheduler is told about a thread ({@code struct sched_attr} as of Linux 3.14).
 */
final class SchedulerAttributes {

	private static final int SIZE = 48;

	/** Where {@code sched_policy} is. */
	private static final int POLICY = 4;

	/** Where {@code sched_nice} is. */
	private static final int NICE = 16;

	/** Where {@code sched_runtime} is. */
	private static final int RUNTIME = 24;

	private final Libc libc;

	private final int thread;

	private final NativeMemory memory;

	private SchedulerAttributes(Libc libc, int thread, NativeMemory memory) {
		this.libc = libc;
		this.thread = thread;
		this.memory = memory;
	}

	/**
	 * Return what holds for a thread.
	 * @param thread its id, or 0 for the one that asks
	 * @return the attributes, or {@code null} if there is no such thread
	 */
	static @Nullable SchedulerAttributes of(Kernel kernel, int thread) {
		NativeMemory memory = kernel.allocate(SIZE);
		boolean known = kernel.libc().sched_getattr(thread, memory, SIZE) == 0;
		return known ? new SchedulerAttributes(kernel.libc(), thread, memory) : null;
	}

	/** Return the number of the policy, one of {@code SCHED_OTHER} and so on. */
	int policy() {
		return this.memory.buffer().getInt(POLICY);
	}

	SchedulerAttributes policy(int policy) {
		this.memory.buffer().putInt(POLICY, policy);
		return this;
	}

	int nice() {
		return this.memory.buffer().getInt(NICE);
	}

	SchedulerAttributes nice(int nice) {
		this.memory.buffer().putInt(NICE, nice);
		return this;
	}

	/** Return how long a turn is in nanoseconds, or 0 if the kernel does not say. */
	long turn() {
		return this.memory.getLong(RUNTIME);
	}

	SchedulerAttributes turn(long nanos) {
		this.memory.putLong(RUNTIME, nanos);
		return this;
	}

	/**
	 * Tell the kernel.
	 * @return whether it agrees
	 */
	boolean apply() {
		return this.libc.sched_setattr(this.thread, this.memory) == 0;
	}

}
