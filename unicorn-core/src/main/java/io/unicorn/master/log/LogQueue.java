package io.unicorn.master.log;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.unicorn.master.arbiter.pool.Effect;

/**
 * Writes the log on a thread of its own. A write blocks while the reader of the master's
 * output does not read, as a pager does, and supervision must not. When the queue is
 * full, lines are dropped, and their number is logged later. Thread-safe.
 */
public final class LogQueue {

	/** Lines that wait; more are dropped. */
	private static final int CAPACITY = 4096;

	private final BlockingQueue<Runnable> lines = new ArrayBlockingQueue<>(CAPACITY);

	private final AtomicLong dropped = new AtomicLong();

	private final LogWriter log;

	public LogQueue(LogWriter log) {
		this.log = log;
		Thread thread = new Thread(this::run, "unicorn-log");
		thread.setDaemon(true);
		thread.start();
	}

	public void write(Effect.Level level, String text) {
		add(() -> this.log.write(level, text));
	}

	public void fault(String what, Throwable fault) {
		add(() -> this.log.fault(what, fault));
	}

	public void reopen() {
		add(this.log::reopen);
	}

	/** Close the log file after the lines so far. */
	public void close() {
		add(this.log::close);
	}

	public void add(Runnable line) {
		if (!this.lines.offer(line)) {
			this.dropped.incrementAndGet();
		}
	}

	/**
	 * Wait until everything so far is written.
	 * @param patience how long to wait at most
	 */
	public void flush(Duration patience) {
		CountDownLatch written = new CountDownLatch(1);
		try {
			if (this.lines.offer(written::countDown, patience.toMillis(), TimeUnit.MILLISECONDS)) {
				var unused = written.await(patience.toMillis(), TimeUnit.MILLISECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		while (true) {
			try {
				this.lines.take().run();
				long lost = this.dropped.getAndSet(0);
				if (lost > 0) {
					this.log.write(Effect.Level.WARN,
							lost + " lines of the log were dropped, because the output was not read");
				}
			}
			catch (InterruptedException ex) {
				// The master ends.
				return;
			}
			catch (Throwable ex) {
				// There is no memory for this line.
				this.dropped.incrementAndGet();
			}
		}
	}

}
