package io.unicorn.boot.server;

/**
 * Thrown if a server of this worker accepts where only one process can, so that it cannot
 * run in several workers.
 */
class NotSharedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	/**
	 * Create.
	 * @param problem a clause that says what cannot be shared
	 * @param remedy a clause that says what would change that
	 */
	NotSharedException(String problem, String remedy) {
		super(problem);
		this.remedy = remedy;
	}

	String getRemedy() {
		return this.remedy;
	}

}
