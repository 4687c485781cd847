package io.unicorn.posix.libc;

/**
 * Declares the system calls of the scheduler, under the names that {@code man 2} lists. A
 * call that fails returns -1. Thread-safe.
 */
public interface SchedulerCalls {

	/**
	 * Read the processors that a thread may use.
	 * @param thread its id, or 0 for the calling thread
	 * @param set receives a {@code cpu_set_t}
	 */
	int sched_getaffinity(int thread, byte[] set);

	/**
	 * Set the processors that a thread may use.
	 * @param thread its id, or 0 for the calling thread
	 * @param set {@code cpu_set_t}
	 */
	int sched_setaffinity(int thread, byte[] set);

	/**
	 * Read the attributes of a thread.
	 * @param thread its id, or 0 for the calling thread
	 * @param attributes receives a {@code struct sched_attr}
	 */
	int sched_getattr(int thread, byte[] attributes);

	/**
	 * Set the attributes of a thread.
	 * @param thread its id, or 0 for the calling thread
	 * @param attributes {@code struct sched_attr}
	 */
	int sched_setattr(int thread, byte[] attributes);

}
