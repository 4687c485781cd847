package io.unicorn.boot.worker;

import java.io.IOException;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.InheritedListeners;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the system properties that the master sets on the command line of a worker.
 */
public final class WorkerProcess {

	/** Index of the worker, for the application's own logging configuration. */
	public static final String INDEX_PROPERTY = WorkerCommand.INDEX_PROPERTY;

	private static final Log logger = LogFactory.getLog(WorkerProcess.class);

	private WorkerProcess() {
	}

	/**
	 * Whether this process is a worker.
	 */
	public static boolean isOne() {
		return System.getProperty(WorkerCommand.CONTROL_PROPERTY) != null || System.getProperty(INDEX_PROPERTY) != null;
	}

	/**
	 * Let properties of the application that name the worker have a value in a process
	 * that is no worker, where the application must start as well.
	 */
	public static void resolveIndex() {
		if (System.getProperty(WorkerCommand.PLACE_PROPERTY) == null) {
			System.setProperty(WorkerCommand.PLACE_PROPERTY, WorkerCommand.NO_WORKER);
			System.setProperty(WorkerCommand.ID_PROPERTY, WorkerCommand.NO_WORKER);
			System.getProperties()
				.replaceAll((name, value) -> (value instanceof String text)
						? text.replace(WorkerCommand.PLACEHOLDER, WorkerCommand.NO_WORKER) : value);
		}
	}

	/**
	 * Whether this process trains a cache of class data: it builds the context of a
	 * worker and exits.
	 */
	public static boolean isTraining() {
		return WorkerCommand.TRAINING.equals(System.getProperty(INDEX_PROPERTY));
	}

	/**
	 * Return the descriptor of the control connection at the first call, and {@code null}
	 * at later ones: a process has one such connection, even if it runs several
	 * applications.
	 */
	public static @Nullable Integer takeControlDescriptor() {
		String fd = System.getProperty(WorkerCommand.CONTROL_PROPERTY);
		if (fd == null) {
			return null;
		}
		System.clearProperty(WorkerCommand.CONTROL_PROPERTY);
		return Integer.valueOf(fd);
	}

	/**
	 * Whether this process is the first worker that its master has started.
	 */
	public static boolean isFirst() {
		return Boolean.getBoolean(WorkerCommand.FIRST_PROPERTY);
	}

	/**
	 * Keep the listeners open for another context of this process, when the channels on
	 * them are closed.
	 */
	static void keepListeners() {
		try {
			InheritedListeners listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""));
			System.setProperty(WorkerCommand.LISTENERS_PROPERTY, listeners.duplicated().toString());
		}
		catch (IOException ex) {
			logger.warn("This worker cannot serve again after its context was closed: " + ex.getMessage());
		}
	}

}
