package io.unicorn.master;

import java.util.Locale;

/**
 * Where a worker stands in its life. It only ever moves forward.
 */
enum WorkerState {

	/** Started, does not accept connections yet. */
	BOOTING,

	/** Accepts connections. */
	READY,

	/** Told to stop accepting, finish and exit. */
	DRAINING,

	/** About to be killed, or killed and not reaped yet. */
	EXITING;

	String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
