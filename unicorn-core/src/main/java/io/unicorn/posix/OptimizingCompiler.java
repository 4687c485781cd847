package io.unicorn.posix;

/**
 * The optimizing compiler of a HotSpot JVM. What it makes pays in the long run; while a
 * JVM boots, it takes more of the processors than what is to be done. So it can be told
 * to take what nobody else wants. Who has that policy is let out of it by those alone who
 * may also take back a {@linkplain Niceness nice value}; for others nothing happens.
 */
final class OptimizingCompiler {

	/** The name of its threads, as far as the kernel keeps it. */
	private static final String NAME = "C2 CompilerThre";

	private static final int SCHED_OTHER = 0;

	private static final int SCHED_IDLE = 5;

	private final Kernel kernel;

	private final Niceness niceness;

	OptimizingCompiler(Kernel kernel, Niceness niceness) {
		this.kernel = kernel;
		this.niceness = niceness;
	}

	/**
	 * Let it run in a process while nobody else wants to.
	 * @return whether there is one that may be let back
	 */
	boolean whenIdle(int pid) {
		return change(pid, SCHED_OTHER, SCHED_IDLE);
	}

	/** Let it run in a process like everybody. */
	void asUsual(int pid) {
		change(pid, SCHED_IDLE, SCHED_OTHER);
	}

	/**
	 * Change the policy of its threads, but for those that have another one than
	 * expected. The nice value does not follow while a thread is idle, so it is given
	 * that of the thread with which the process began.
	 * @return whether there are any that may be let back
	 */
	private boolean change(int pid, int present, int wanted) {
		SchedulerAttributes first = this.niceness.isReversible() ? SchedulerAttributes.of(this.kernel, pid) : null;
		if (first == null) {
			return false;
		}
		boolean found = false;
		for (int task : Tasks.of(pid)) {
			if (Tasks.name(pid, task).equals(NAME)) {
				found = true;
				SchedulerAttributes attributes = SchedulerAttributes.of(this.kernel, task);
				if (attributes != null && attributes.policy() == present) {
					attributes.policy(wanted).nice(first.nice()).turn(first.turn()).apply();
				}
			}
		}
		return found;
	}

}
