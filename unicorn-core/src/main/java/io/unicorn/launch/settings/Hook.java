package io.unicorn.launch.settings;

import java.util.Locale;

/**
 * A moment in the life of the pool at which the master can run a command.
 */
public enum Hook {

	/** Before the first worker is started, which waits for the command. */
	ON_STARTING,

	/** All workers of the start are ready. */
	WHEN_READY,

	/** New code is prepared, and its first worker is about to be started. */
	ON_RELOAD,

	/** A worker is ready. */
	WORKER_STARTED,

	/** The process of a worker has ended. */
	WORKER_EXITED,

	/** The pool is to have another number of workers. */
	WORKERS_CHANGED,

	/** No worker is left, and the master ends when the command has. */
	ON_EXIT;

	/** Return its name in the configuration. */
	public String configName() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
