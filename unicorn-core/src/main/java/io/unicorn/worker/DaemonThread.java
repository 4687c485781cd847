package io.unicorn.worker;

import java.util.concurrent.ThreadFactory;

/**
 * Creates the agent's threads. All are daemons, because an agent must not keep alive a
 * process whose application has ended.
 */
final class DaemonThread {

	private DaemonThread() {
	}

	/**
	 * Run a task on a new thread.
	 */
	static void start(String name, Runnable task) {
		factory(name).newThread(task).start();
	}

	/**
	 * Return a factory for an executor whose threads all have this name.
	 */
	static ThreadFactory factory(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

}
