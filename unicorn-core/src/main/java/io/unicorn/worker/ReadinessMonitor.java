package io.unicorn.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Repeats the application's readiness check, reports each result to the master, and lets
 * the worker serve when the check passes for the first time.
 */
final class ReadinessMonitor implements Runnable {

	/** Short, because a roll-out waits for this worker. */
	private static final Duration INTERVAL_BEFORE_READY = Duration.ofMillis(100);

	private static final Duration INTERVAL = Duration.ofMillis(500);

	/** The message of an exception may be long; a log line must not be. */
	private static final int MAX_DETAIL_CHARACTERS = 500;

	private final ReadinessCheck check;

	private final Duration observed;

	private final Consumer<Message.FromWorker> master;

	private final Runnable serve;

	private final BooleanSupplier serving;

	private final BooleanSupplier leaving;

	private final ScheduledExecutorService scheduler;

	private boolean passed;

	/** In nanoseconds of {@link System#nanoTime()}. */
	private @Nullable Long servingSince;

	/**
	 * Create a monitor, which starts with {@link #run}.
	 * @param observed how long it goes on after the worker has begun to serve
	 * @param master gets each result
	 * @param serve lets the worker serve; called once, returns before the worker serves
	 * @param serving whether the worker serves
	 * @param leaving whether the worker is leaving, which ends the monitor
	 * @param scheduler one thread, used by this monitor alone, because a check may take
	 * long; shut down at the end
	 */
	ReadinessMonitor(ReadinessCheck check, Duration observed, Consumer<Message.FromWorker> master, Runnable serve,
			BooleanSupplier serving, BooleanSupplier leaving, ScheduledExecutorService scheduler) {
		this.check = check;
		this.observed = observed;
		this.master = master;
		this.serve = serve;
		this.serving = serving;
		this.leaving = leaving;
		this.scheduler = scheduler;
	}

	/**
	 * Check once, and schedule the next check.
	 */
	@Override
	public void run() {
		if (this.leaving.getAsBoolean()) {
			this.scheduler.shutdown();
			return;
		}
		// Read before the check, so that at least one result is of a worker that serves.
		if (this.servingSince == null && this.serving.getAsBoolean()) {
			this.servingSince = System.nanoTime();
		}
		boolean up = checkAndReport();
		if (up && !this.passed) {
			this.passed = true;
			this.serve.run();
		}
		if (this.servingSince != null && System.nanoTime() - this.servingSince >= this.observed.toNanos()) {
			this.scheduler.shutdown();
			return;
		}
		Duration pause = this.passed ? INTERVAL : INTERVAL_BEFORE_READY;
		var unused = this.scheduler.schedule(this, pause.toMillis(), TimeUnit.MILLISECONDS);
	}

	private boolean checkAndReport() {
		ReadinessCheck.Result result = check();
		String detail = result.detail();
		this.master.accept(new Message.Health(result.up(),
				(detail.length() > MAX_DETAIL_CHARACTERS) ? detail.substring(0, MAX_DETAIL_CHARACTERS) + "…" : detail));
		return result.up();
	}

	private ReadinessCheck.Result check() {
		try {
			return this.check.check();
		}
		catch (RuntimeException | LinkageError ex) {
			// New code may lack a class; then it is not ready.
			return new ReadinessCheck.Result(false, "its readiness check failed: " + ex);
		}
	}

}
