package io.unicorn.worker;

import java.util.concurrent.ThreadFactory;

/**
 * Creates the threads of a worker that are not the application's own. All are daemons,
 * because they must not keep alive a process whose application has ended. Thread-safe.
 */
public final class DaemonThread {

	private DaemonThread() {
	}

	/**
	 * Run a task on a new thread.
	 * @param name the name of the thread
	 * @param task what it runs
	 */
	public static void start(String name, Runnable task) {
		factory(name).newThread(task).start();
	}

	/**
	 * Return a factory for an executor whose threads all have this name.
	 * @param name the name
	 * @return the factory
	 */
	public static ThreadFactory factory(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

}
