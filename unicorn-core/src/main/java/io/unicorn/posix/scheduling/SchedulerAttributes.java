package io.unicorn.posix.scheduling;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.unicorn.posix.libc.SchedulerCalls;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes the scheduling of one thread ({@code struct sched_attr} as of Linux
 * 3.14). The setters change this object alone, until {@link #apply}.
 */
final class SchedulerAttributes {

	private static final int SIZE = 48;

	/** Offset of {@code sched_policy}. */
	private static final int POLICY = 4;

	/** Offset of {@code sched_nice}. */
	private static final int NICE = 16;

	/** Offset of {@code sched_runtime}. */
	private static final int RUNTIME = 24;

	private final SchedulerCalls calls;

	private final int thread;

	private final byte[] bytes;

	private final ByteBuffer fields;

	private SchedulerAttributes(SchedulerCalls calls, int thread, byte[] bytes) {
		this.calls = calls;
		this.thread = thread;
		this.bytes = bytes;
		this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
	}

	/**
	 * Read the attributes of a thread.
	 * @param thread its id, or 0 for the calling thread
	 * @return the attributes, or {@code null} if there is no such thread
	 */
	static @Nullable SchedulerAttributes of(SchedulerCalls calls, int thread) {
		byte[] bytes = new byte[SIZE];
		boolean known = calls.sched_getattr(thread, bytes) == 0;
		return known ? new SchedulerAttributes(calls, thread, bytes) : null;
	}

	/** Return the number of the policy, one of {@code SCHED_OTHER} and so on. */
	int policy() {
		return this.fields.getInt(POLICY);
	}

	SchedulerAttributes policy(int policy) {
		this.fields.putInt(POLICY, policy);
		return this;
	}

	int nice() {
		return this.fields.getInt(NICE);
	}

	SchedulerAttributes nice(int nice) {
		this.fields.putInt(NICE, nice);
		return this;
	}

	/** Return the time slice in nanoseconds, or 0 if the kernel does not say. */
	long slice() {
		return this.fields.getLong(RUNTIME);
	}

	SchedulerAttributes slice(long nanos) {
		this.fields.putLong(RUNTIME, nanos);
		return this;
	}

	/**
	 * Set the attributes of the thread.
	 * @return whether the kernel accepted them
	 */
	boolean apply() {
		return this.calls.sched_setattr(this.thread, this.bytes) == 0;
	}

}
