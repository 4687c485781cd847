package io.unicorn.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application again and again whether it is ready, tells the master the answers,
 * and lets the worker serve when the answer is yes for the first time.
 */
final class Probation implements Runnable {

	/** As long as a roll-out waits for this worker, it is asked often. */
	private static final Duration WAITING = Duration.ofMillis(100);

	private static final Duration INTERVAL = Duration.ofMillis(500);

	/** A message of an exception may be anything; a log line must not. */
	private static final int MOST_CHARACTERS = 500;

	private final ReadinessCheck check;

	private final Duration observed;

	private final Consumer<Message.FromWorker> master;

	private final Runnable serve;

	private final BooleanSupplier serves;

	private final BooleanSupplier goesOn;

	private final ScheduledExecutorService scheduler;

	private boolean ready;

	private @Nullable Long servesSince;

	/**
	 * Create a probation, which begins with {@link #run}.
	 * @param observed how long it lasts after the worker has begun to serve
	 * @param master is told every answer
	 * @param serve is called at the first yes, and does not wait until the worker serves
	 * @param serves whether the worker serves
	 * @param goesOn whether the worker is to serve at all
	 * @param scheduler a thread for this probation alone, because the application may
	 * take its time for an answer
	 */
	Probation(ReadinessCheck check, Duration observed, Consumer<Message.FromWorker> master, Runnable serve,
			BooleanSupplier serves, BooleanSupplier goesOn, ScheduledExecutorService scheduler) {
		this.check = check;
		this.observed = observed;
		this.master = master;
		this.serve = serve;
		this.serves = serves;
		this.goesOn = goesOn;
		this.scheduler = scheduler;
	}

	/**
	 * Ask once, and again after a while.
	 */
	@Override
	public void run() {
		if (!this.goesOn.getAsBoolean()) {
			this.scheduler.shutdown();
			return;
		}
		// Looked at first, so that an answer is given after it has begun to serve.
		if (this.servesSince == null && this.serves.getAsBoolean()) {
			this.servesSince = System.nanoTime();
		}
		boolean up = answer();
		if (up && !this.ready) {
			this.ready = true;
			this.serve.run();
		}
		if (this.servesSince != null && System.nanoTime() - this.servesSince >= this.observed.toNanos()) {
			this.scheduler.shutdown();
			return;
		}
		Duration pause = this.ready ? INTERVAL : WAITING;
		var unused = this.scheduler.schedule(this, pause.toMillis(), TimeUnit.MILLISECONDS);
	}

	private boolean answer() {
		ReadinessCheck.Result result = ask();
		String detail = result.detail();
		this.master.accept(new Message.Health(result.up(),
				(detail.length() > MOST_CHARACTERS) ? detail.substring(0, MOST_CHARACTERS) + "…" : detail));
		return result.up();
	}

	private ReadinessCheck.Result ask() {
		try {
			return this.check.check();
		}
		catch (RuntimeException | LinkageError ex) {
			// A class that is missing is a way in which new code fails.
			return new ReadinessCheck.Result(false, "its readiness check failed: " + ex);
		}
	}

}
