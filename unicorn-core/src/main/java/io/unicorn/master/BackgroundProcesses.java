package io.unicorn.master;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import io.unicorn.launch.RolloutSettings;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.WakeAtEnd;

/**
 * The processes that boot while nobody misses them. To yield is not enough where there
 * are few processors: a JVM that uses one of two all the time leaves those that wake up
 * to serve the other one alone, and often the slower half of one core. So they are
 * stopped for most of the time, all at once, and the rest of it is theirs. While no
 * client wants anything, nobody is stopped. If this process ends meanwhile, they go on.
 * Thread-safe.
 */
final class BackgroundProcesses {

	/**
	 * The same as that of control groups. Each one wakes some dozen threads, which get in
	 * the way of others, so there should not be many; for what counts seconds it is a
	 * moment.
	 */
	private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long PERCENT_NANOS = PERIOD_NANOS / RolloutSettings.NO_QUOTA;

	/** Workers tell of what they have served at least once a second. */
	private static final long LULL_NANOS = TimeUnit.SECONDS.toNanos(3);

	/** A process that is stopped again and again. */
	private record Paced(int quota, WakeAtEnd promise) {

	}

	private final Posix posix;

	private final LongSupplier nanoTime;

	private final Map<Integer, Paced> paced = new HashMap<>();

	private long lastServed;

	private boolean running;

	/**
	 * Create.
	 * @param nanoTime the time as of {@link System#nanoTime()}
	 */
	BackgroundProcesses(Posix posix, LongSupplier nanoTime) {
		this.posix = posix;
		this.nanoTime = nanoTime;
		this.lastServed = nanoTime.getAsLong() - LULL_NANOS;
	}

	/** Take notice of a worker that serves requests. */
	synchronized void served() {
		this.lastServed = this.nanoTime.getAsLong();
	}

	/**
	 * Keep a child out of the way of others. What the system refuses is left out.
	 */
	void enter(int pid, Restraint restraint) {
		this.posix.background(pid, restraint.processors());
		if (restraint.quota() < RolloutSettings.NO_QUOTA) {
			pace(pid, restraint.quota());
		}
	}

	/** Let a child have its full share. */
	void leave(int pid) {
		this.posix.foreground(pid);
		forget(pid);
	}

	/** Stop a child no more, be it that it serves or that it is gone. */
	synchronized void forget(int pid) {
		Paced process = this.paced.remove(pid);
		if (process != null) {
			this.posix.kill(pid, ProcessSignal.CONT.number());
			process.promise().close();
		}
	}

	private synchronized void pace(int pid, int quota) {
		forget(pid);
		try {
			this.paced.put(pid, new Paced(quota, this.posix.wakeAtEnd(pid)));
		}
		catch (PosixException ex) {
			// Nobody is stopped who might stay so.
			return;
		}
		if (!this.running) {
			this.running = true;
			Hearing.daemon("unicorn-pace", this::run);
		}
	}

	private void run() {
		int quota = stop();
		while (quota < RolloutSettings.NO_QUOTA) {
			LockSupport.parkNanos(PERCENT_NANOS * (RolloutSettings.NO_QUOTA - quota));
			goOn();
			LockSupport.parkNanos(PERCENT_NANOS * quota);
			quota = stop();
		}
	}

	/**
	 * Stop all, if there are clients.
	 * @return for how much of the time they may run, in percent; all of it if there is
	 * nobody any more
	 */
	private synchronized int stop() {
		int quota = RolloutSettings.NO_QUOTA;
		boolean lull = this.nanoTime.getAsLong() - this.lastServed >= LULL_NANOS;
		int signal = (lull ? ProcessSignal.CONT : ProcessSignal.STOP).number();
		for (Iterator<Map.Entry<Integer, Paced>> all = this.paced.entrySet().iterator(); all.hasNext();) {
			Map.Entry<Integer, Paced> each = all.next();
			if (this.posix.kill(each.getKey(), signal)) {
				quota = Math.min(quota, each.getValue().quota());
			}
			else {
				all.remove();
				each.getValue().promise().close();
			}
		}
		this.running = quota < RolloutSettings.NO_QUOTA;
		return quota;
	}

	private synchronized void goOn() {
		this.paced.keySet().forEach((pid) -> this.posix.kill(pid, ProcessSignal.CONT.number()));
	}

}
