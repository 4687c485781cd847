package io.unicorn.worker;

/**
 * Tells whether the application is ready for requests.
 */
@FunctionalInterface
public interface ReadinessCheck {

	/** An application that is always ready. */
	ReadinessCheck NONE = () -> new Result(true, "");

	/**
	 * Check whether the application is ready. One thread of the agent calls it, several
	 * times per second at most; it may take long, and an exception counts as not ready.
	 * @return the result
	 */
	Result check();

	/**
	 * The result of a check.
	 *
	 * @param up whether the application is ready
	 * @param detail the reason if it is not, as a phrase for the log
	 */
	record Result(boolean up, String detail) {

	}

}
