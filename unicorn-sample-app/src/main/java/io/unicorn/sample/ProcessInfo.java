package io.unicorn.sample;

import org.jspecify.annotations.Nullable;

/**
 * Identifies this process: a worker of a pool, or a process without a pool.
 */
public interface ProcessInfo {

	/**
	 * The process id of this JVM.
	 * @return the process id
	 */
	long pid();

	/**
	 * The worker's slot in the pool.
	 * @return the slot, from 0, or {@code null} if there is no pool
	 */
	@Nullable Integer worker();

	/**
	 * The generation of the application this worker runs.
	 * @return the generation, or {@code null} if there is no pool
	 */
	@Nullable Integer generation();

	/**
	 * Whether this is the worker for work that must happen once per pool.
	 * @return {@code true} in exactly one ready worker of a pool
	 */
	boolean leader();

}
