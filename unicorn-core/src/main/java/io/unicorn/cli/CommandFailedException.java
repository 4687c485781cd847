package io.unicorn.cli;

/**
 * A command cannot do what was asked for. The message is for the operator.
 */
final class CommandFailedException extends Exception {

	private static final long serialVersionUID = 1L;

	/** What the command was to do did not succeed. */
	static final int FAILED = 1;

	/** The command line cannot be understood. */
	static final int USAGE = 2;

	/** It cannot be told how it came out. */
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
