package io.unicorn.sample.bench;

/**
 * Something that is measured.
 */
interface Workload {

	/** Its name on the command line and in the results. */
	String name();

	/**
	 * Whether it is run on each JDK; otherwise once, on the last one.
	 */
	default boolean isForEachJdk() {
		return true;
	}

	/**
	 * Measure. What it has started is ended for it.
	 * @param bench starts applications and takes the figures
	 * @throws Exception if it cannot be measured; the others are all the same
	 */
	void run(Bench bench) throws Exception;

}
