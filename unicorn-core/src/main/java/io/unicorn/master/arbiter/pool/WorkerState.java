package io.unicorn.master.arbiter.pool;

import java.util.Locale;

/**
 * The state of a worker. It only moves forward.
 */
public enum WorkerState {

	/** Started, does not accept connections yet. */
	BOOTING,

	/** Accepts connections. */
	READY,

	/** Told to stop accepting, finish and exit. */
	DRAINING,

	/** About to be killed, or killed and not reaped yet. */
	EXITING;

	public String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
