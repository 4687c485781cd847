package io.unicorn.boot.server;

/**
 * Thrown if a server of this worker accepts where only one process can, so that it cannot
 * run in several workers.
 */
class NotSharedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	/**
	 * Create.
	 * @param problem a clause that says what cannot be shared
	 * @param advice what to do about it, in whole sentences
	 */
	NotSharedException(String problem, String advice) {
		super(problem);
		this.advice = advice;
	}

	String getAdvice() {
		return this.advice;
	}

}
