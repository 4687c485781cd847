package io.unicorn.meters;

/**
 * Reads the meters of this process.
 */
@FunctionalInterface
public interface MeterSource {

	/**
	 * Return the present state of the meters. May wait for what the application measures.
	 * @param complete whether all series are wanted; otherwise only those that are added
	 * up, which are asked for every second
	 * @return the series, those of this worker alone with any slot of 0 or more
	 * @throws RuntimeException if a meter cannot be read
	 */
	MeterBatch read(boolean complete);

}
