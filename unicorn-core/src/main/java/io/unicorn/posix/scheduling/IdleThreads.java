package io.unicorn.posix.scheduling;

import io.unicorn.posix.libc.SchedulerCalls;

/**
 * Gives threads of one name the policy {@code SCHED_IDLE}, and takes it back. A thread
 * with that policy runs on a processor when no other thread wants it. To leave the policy
 * needs the same privilege as to lower a {@linkplain Niceness nice value}; without that
 * privilege, the methods have no effect. Thread-safe.
 */
public final class IdleThreads {

	private static final int SCHED_OTHER = 0;

	private static final int SCHED_IDLE = 5;

	private final SchedulerCalls calls;

	private final Niceness niceness;

	/**
	 * Create with access to the scheduler.
	 * @param niceness whether the policy may be taken back
	 */
	public IdleThreads(SchedulerCalls calls, Niceness niceness) {
		this.calls = calls;
		this.niceness = niceness;
	}

	/**
	 * Give threads of a process the policy.
	 * @param pid its id; the caller makes sure that it is not reaped meanwhile
	 * @param name their name as the kernel keeps it, at most 15 bytes
	 * @return whether there are such threads, and the policy may be taken back
	 */
	public boolean idle(int pid, String name) {
		return change(pid, name, SCHED_OTHER, SCHED_IDLE);
	}

	/**
	 * Give threads of a process the default policy again.
	 * @param pid its id; the caller makes sure that it is not reaped meanwhile
	 * @param name their name as the kernel keeps it, at most 15 bytes
	 */
	public void normal(int pid, String name) {
		change(pid, name, SCHED_IDLE, SCHED_OTHER);
	}

	/**
	 * Change the policy of those threads that have the present one. The kernel does not
	 * apply a new nice value to a thread with {@code SCHED_IDLE}, so each thread is given
	 * the nice value of the first thread of the process.
	 */
	private boolean change(int pid, String name, int present, int wanted) {
		SchedulerAttributes first = this.niceness.isReversible() ? SchedulerAttributes.of(this.calls, pid) : null;
		if (first == null) {
			return false;
		}
		boolean found = false;
		for (int task : Tasks.of(pid)) {
			if (Tasks.name(pid, task).equals(name)) {
				found = true;
				SchedulerAttributes attributes = SchedulerAttributes.of(this.calls, task);
				if (attributes != null && attributes.policy() == present) {
					attributes.policy(wanted).nice(first.nice()).slice(first.slice()).apply();
				}
			}
		}
		return found;
	}

}
