package io.unicorn.boot.scheduling;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.TaskScheduler;

/**
 * A task that runs while this worker is the leader. It has one run at a time scheduled,
 * and knows when that is due, so that the next leader can do what this one has not begun.
 * Thread-safe.
 */
final class LeaderTask implements SchedulingAwareRunnable, ScheduledFuture<Object> {

	private final Runnable task;

	private final Timing timing;

	private final TaskScheduler scheduler;

	/** Whether a run waits for the end of the one before. */
	private final boolean serial;

	private final CompletableFuture<Object> done = new CompletableFuture<>();

	/** Since when this worker is the leader, {@code null} if it is not. */
	private @Nullable Instant granted;

	/** When the next run is due, {@code null} for never, and during a serial one. */
	private @Nullable Instant due;

	private int running;

	private @Nullable ScheduledFuture<?> scheduled;

	/**
	 * Create a task that does not run yet.
	 * @param concurrent whether the scheduler runs a task again before it has ended
	 */
	LeaderTask(Runnable task, Timing timing, TaskScheduler scheduler, boolean concurrent) {
		this.task = task;
		this.timing = timing;
		this.scheduler = scheduler;
		this.serial = !concurrent || timing.isSerial();
	}

	Timing timing() {
		return this.timing;
	}

	/**
	 * Run from now on.
	 * @param firstDue when the first run is due, {@code null} for never
	 */
	synchronized void grant(@Nullable Instant firstDue, Instant now) {
		this.granted = now;
		scheduleAt(firstDue);
	}

	/** Begin no run from now on. */
	synchronized void revoke() {
		this.granted = null;
		cancelScheduled();
	}

	/**
	 * Wait until no run is left.
	 * @return when the next one is due, {@code null} for never
	 */
	synchronized @Nullable Instant awaitEnd() throws InterruptedException {
		while (this.running > 0) {
			wait();
		}
		return this.due;
	}

	@Override
	public void run() {
		Instant runDue;
		Instant since;
		Instant started = this.scheduler.getClock().instant();
		synchronized (this) {
			if (this.granted == null || this.due == null || isCancelled()) {
				return;
			}
			since = this.granted;
			runDue = this.due;
			this.running++;
			if (this.serial) {
				this.due = null;
			}
			else {
				scheduleAt(this.timing.next(new Timing.Run(runDue, started, started), since));
			}
		}
		try {
			this.task.run();
		}
		finally {
			ended(new Timing.Run(runDue, started, this.scheduler.getClock().instant()), since);
		}
	}

	private synchronized void ended(Timing.Run run, Instant since) {
		this.running--;
		if (this.serial) {
			scheduleAt(this.timing.next(run, since));
		}
		notifyAll();
	}

	private void scheduleAt(@Nullable Instant next) {
		this.due = next;
		if (next == null) {
			this.done.complete(null);
		}
		else if (this.granted != null && !isCancelled()) {
			try {
				this.scheduled = this.scheduler.schedule(this, next);
			}
			catch (TaskRejectedException ex) {
				// The context is being closed.
				this.scheduled = null;
			}
		}
	}

	private void cancelScheduled() {
		if (this.scheduled != null) {
			this.scheduled.cancel(false);
			this.scheduled = null;
		}
	}

	@Override
	public @Nullable String getQualifier() {
		return (this.task instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
	}

	@Override
	public boolean isLongLived() {
		return this.task instanceof SchedulingAwareRunnable aware && aware.isLongLived();
	}

	/** Return the time until the next run here, 0 if there is none. */
	@Override
	public synchronized long getDelay(TimeUnit unit) {
		return (this.scheduled != null) ? this.scheduled.getDelay(unit) : 0;
	}

	@Override
	public int compareTo(Delayed other) {
		return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
	}

	@Override
	public synchronized boolean cancel(boolean mayInterruptIfRunning) {
		ScheduledFuture<?> current = this.scheduled;
		if (current != null) {
			current.cancel(mayInterruptIfRunning);
		}
		return this.done.cancel(false);
	}

	@Override
	public boolean isCancelled() {
		return this.done.isCancelled();
	}

	@Override
	public boolean isDone() {
		return this.done.isDone();
	}

	@Override
	public Object get() throws InterruptedException, ExecutionException {
		return this.done.get();
	}

	@Override
	public Object get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		return this.done.get(timeout, unit);
	}

	@Override
	public String toString() {
		return this.task.toString();
	}

}
