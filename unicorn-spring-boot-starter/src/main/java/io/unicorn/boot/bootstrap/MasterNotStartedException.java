package io.unicorn.boot.bootstrap;

/**
 * This process cannot become the master.
 */
class MasterNotStartedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	MasterNotStartedException(String what, String advice, Throwable cause) {
		super(what + ": " + cause.getMessage(), cause);
		this.advice = advice;
	}

	String getAdvice() {
		return this.advice;
	}

}
