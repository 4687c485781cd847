package io.unicorn.master;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a thread of its own write the log. Whoever reads the master's output may stop
 * reading, as a pager does, and a write would block then; supervision must not. Lines
 * that find no place are counted and the number is logged. Thread-safe.
 */
final class LogQueue {

	/** Enough for anything but output that nobody reads for a long time. */
	private static final int CAPACITY = 4096;

	private final BlockingQueue<Runnable> lines = new ArrayBlockingQueue<>(CAPACITY);

	private final AtomicLong dropped = new AtomicLong();

	private final MasterLog log;

	LogQueue(MasterLog log) {
		this.log = log;
		Thread thread = new Thread(this::run, "unicorn-log");
		thread.setDaemon(true);
		thread.start();
	}

	void write(Effect.Level level, String text) {
		add(() -> this.log.write(level, text));
	}

	void fault(String what, Throwable fault) {
		add(() -> this.log.fault(what, fault));
	}

	void reopen() {
		add(this.log::reopen);
	}

	void add(Runnable line) {
		if (!this.lines.offer(line)) {
			this.dropped.incrementAndGet();
		}
	}

	/**
	 * Wait until everything so far is written.
	 * @param patience how long to wait at most
	 */
	void flush(Duration patience) {
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
		try {
			while (true) {
				this.lines.take().run();
				long lost = this.dropped.getAndSet(0);
				if (lost > 0) {
					this.log.write(Effect.Level.WARN,
							lost + " lines of the log were dropped, because nobody read the output");
				}
			}
		}
		catch (InterruptedException ex) {
			// The master ends.
		}
	}

}
