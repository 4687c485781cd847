package io.unicorn.master.event;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * A thread that exists from the start of the master to its end, because the limit of
 * threads may be reached later. It runs one task after the other. A task that throws is
 * reported and run again after a pause: a master that does not read signals, messages or
 * exits any more supervises nothing.
 */
public final class ResidentThread {

	/** What such a thread runs until that is over. */
	public interface Task {

		/**
		 * Run until it is over.
		 * @throws IOException if it has failed and is to be run again
		 * @throws InterruptedException if the thread is to end
		 */
		void run() throws IOException, InterruptedException;

	}

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private final String name;

	private final BiConsumer<String, Throwable> faults;

	private final Duration pause;

	private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();

	private final Semaphore ended = new Semaphore(0);

	/**
	 * Create and start the thread.
	 * @param name its name
	 * @param faults is told what has failed
	 */
	public ResidentThread(String name, BiConsumer<String, Throwable> faults) {
		this(name, faults, PAUSE);
	}

	ResidentThread(String name, BiConsumer<String, Throwable> faults, Duration pause) {
		this.name = name;
		this.faults = faults;
		this.pause = pause;
		EventSources.daemon(name, this::runAll);
	}

	/** Run a task after those before. */
	public void begin(Task task) {
		this.tasks.add(task);
	}

	/** Wait until a task that was begun is over; to be called once for each. */
	public void awaitEnd() throws InterruptedException {
		this.ended.acquire();
	}

	private void runAll() {
		while (true) {
			try {
				runUntilItIsOver(this.tasks.take());
				this.ended.release();
			}
			catch (InterruptedException ex) {
				return;
			}
			catch (Throwable ex) {
				// Without memory; the next attempt may have some.
				LockSupport.parkNanos(this.pause.toNanos());
			}
		}
	}

	private void runUntilItIsOver(Task task) throws InterruptedException {
		while (true) {
			try {
				task.run();
				return;
			}
			catch (InterruptedException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				report(ex);
				LockSupport.parkNanos(this.pause.toNanos());
			}
		}
	}

	private void report(Throwable fault) {
		try {
			this.faults.accept("fault in thread " + this.name + "; it goes on", fault);
		}
		catch (Throwable ex) {
			// Without memory, to go on is more important than to say so.
		}
	}

}
