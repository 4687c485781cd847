package io.unicorn.boot.bootstrap;

import io.unicorn.launch.WorkerCommand;
import org.jspecify.annotations.Nullable;

/**
 * What the master has put on this process's command line, if this process is a worker.
 */
final class WorkerProcess {

	/** Set in every worker; of use in a logging configuration of one's own. */
	static final String INDEX_PROPERTY = WorkerCommand.INDEX_PROPERTY;

	private WorkerProcess() {
	}

	/**
	 * Whether this process is a worker.
	 */
	static boolean isOne() {
		return System.getProperty(WorkerCommand.CONTROL_PROPERTY) != null || System.getProperty(INDEX_PROPERTY) != null;
	}

	/**
	 * Whether this process only records what a cache of class data is made of: it builds
	 * the context of a worker, and ends.
	 */
	static boolean isTraining() {
		return WorkerCommand.TRAINING.equals(System.getProperty(INDEX_PROPERTY));
	}

	/**
	 * Return the descriptor of the control channel, the first time it is asked for: a
	 * process has one conversation with its master, however many applications it runs.
	 */
	static @Nullable Integer takeControlChannel() {
		String fd = System.getProperty(WorkerCommand.CONTROL_PROPERTY);
		if (fd == null) {
			return null;
		}
		System.clearProperty(WorkerCommand.CONTROL_PROPERTY);
		return Integer.valueOf(fd);
	}

	static boolean isFirst() {
		return Boolean.getBoolean(WorkerCommand.FIRST_PROPERTY);
	}

}
