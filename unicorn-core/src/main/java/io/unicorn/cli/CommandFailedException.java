package io.unicorn.cli;

/**
 * Thrown when a command fails. Carries the exit status and a message for the operator.
 */
final class CommandFailedException extends Exception {

	private static final long serialVersionUID = 1L;

	/** The command has failed. */
	static final int FAILED = 1;

	/** The command line is wrong. */
	static final int USAGE = 2;

	/** The result is not known. */
	static final int UNKNOWN = 3;

	private final int status;

	/**
	 * Create.
	 * @param status the exit status of the command
	 * @param message what went wrong
	 */
	CommandFailedException(int status, String message) {
		super(message);
		this.status = status;
	}

	int status() {
		return this.status;
	}

}
