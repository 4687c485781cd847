package io.unicorn.worker;

/**
 * Tells whether the application is ready for requests.
 */
@FunctionalInterface
public interface ReadinessCheck {

	/** An application that is always ready. */
	ReadinessCheck NONE = () -> new Result(true, "");

	/**
	 * Look whether the application is ready. Called by one thread of the agent, again and
	 * again while the worker is on probation; may take its time and may throw.
	 */
	Result check();

	/**
	 * What a check has found.
	 *
	 * @param up whether the application is ready
	 * @param detail what is wrong if it is not, as a phrase for the log
	 */
	record Result(boolean up, String detail) {

	}

}
