package io.unicorn.launch;

/**
 * The worker that was started before its master: a child of the process that becomes the
 * master, and so of the master.
 *
 * @param pid its process id
 * @param control descriptor of our end of its control connection
 */
public record FirstWorker(int pid, int control) {

	/** The arbiter's number of the first worker. */
	public static final long ID = 1;

	/** The number that it knows itself by. */
	public static final int INDEX = 0;

	/** Its generation. */
	public static final int GENERATION = 1;

	/**
	 * Return the worker that {@link #toString} has described.
	 * @throws IllegalArgumentException if it is none
	 */
	public static FirstWorker parse(String text) {
		int colon = text.indexOf(':');
		if (colon < 0) {
			throw new IllegalArgumentException("no first worker: " + text);
		}
		return new FirstWorker(Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
	}

	@Override
	public String toString() {
		return this.pid + ":" + this.control;
	}

}
