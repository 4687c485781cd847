package io.unicorn.master.event;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * A thread for what may take long, such as file systems that do not answer. It exists
 * from the start, because the limit of threads may be reached later. Tasks are run one
 * after the other; what one throws is reported.
 */
public final class BackgroundThread {

	private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "unicorn-background");
		thread.setDaemon(true);
		return thread;
	});

	private final BiConsumer<String, Throwable> faults;

	/**
	 * Create and start the thread.
	 * @param faults is told what has failed
	 */
	public BackgroundThread(BiConsumer<String, Throwable> faults) {
		this.faults = faults;
		var unused = this.executor.prestartCoreThread();
	}

	/** Run a task once. */
	public void run(Runnable task) {
		this.executor.execute(() -> runSafely(task));
	}

	/** Run a task again and again, for the first time after the interval. */
	void repeat(Duration interval, Runnable task) {
		var unused = this.executor.scheduleWithFixedDelay(() -> runSafely(task), interval.toMillis(),
				interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			this.faults.accept("fault in a background task of the master; it goes on", ex);
		}
	}

	/** End the thread after its task. */
	public void close() {
		this.executor.shutdownNow();
	}

}
