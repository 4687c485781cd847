package io.unicorn.master;

import io.unicorn.launch.PoolSettings;

/**
 * The settings in force, and how many workers there are to be: the configured number,
 * until a signal changes it or another number is configured.
 */
final class Configuration {

	private final int autoWorkers;

	private PoolSettings settings;

	/** Generation of the worker that reported the settings. */
	private int generation = 1;

	private int target;

	Configuration(PoolSettings settings, int autoWorkers) {
		this.settings = settings;
		this.autoWorkers = autoWorkers;
		resetTarget();
	}

	PoolSettings settings() {
		return this.settings;
	}

	int target() {
		return this.target;
	}

	void target(int target) {
		this.target = target;
	}

	void resetTarget() {
		this.target = this.settings.workers().orElse(this.autoWorkers);
	}

	/**
	 * Take over what the first ready worker of a new generation has reported.
	 * @return whether another number of workers is configured now
	 */
	boolean adopt(Worker worker) {
		PoolSettings reported = worker.settings();
		if (reported == null || worker.generation <= this.generation) {
			return false;
		}
		this.generation = worker.generation;
		PoolSettings before = this.settings;
		this.settings = reported;
		if (before.workers().equals(reported.workers())) {
			return false;
		}
		resetTarget();
		return true;
	}

}
