package io.unicorn.boot.bootstrap;

/**
 * Names the steps in which this process becomes the master, in their order.
 */
enum StartStep {

	/** Read and check the configuration. */
	SETTINGS("the settings of the pool cannot be read"),

	/** Let the application's own writers write the process id. */
	PID_FILES("the files with the process id cannot be written"),

	/** Open the private directory and extract the master's files into it. */
	DIRECTORY("the private directory cannot be used"),

	/** Copy the application. */
	COPY("the application cannot be copied"),

	/** Load the native library. */
	NATIVE_LIBRARY("the native library cannot be loaded"),

	/** Plan how workers are launched. */
	PLAN("the workers cannot be planned"),

	/** Open the listeners. */
	LISTENERS("the listeners cannot be opened"),

	/** Write the launch plan. */
	PLAN_FILE("the launch plan cannot be written"),

	/** Execute the master's program in this process. */
	EXEC("the master cannot be executed");

	private final String problem;

	StartStep(String problem) {
		this.problem = problem;
	}

	/**
	 * Return what the failure of this step means, as a clause for the log.
	 */
	String problem() {
		return this.problem;
	}

}
