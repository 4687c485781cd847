package io.unicorn.sample.bench;

/**
 * Measures one property of a pool, compared with the plain application.
 */
public interface Workload {

	/** Its name on the command line and in the results. */
	String name();

	/**
	 * Whether it runs on each JDK; otherwise once, on the last one.
	 */
	default boolean isForEachJdk() {
		return true;
	}

	/**
	 * Measure. The bench ends everything that this starts.
	 * @param bench starts applications and takes the figures
	 * @throws Exception if it cannot be measured; the other workloads still run
	 */
	void run(Bench bench) throws Exception;

}
