package io.unicorn.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.unicorn.ipc.Message;

/**
 * Takes this worker out of service and ends its process: stops accepting, waits for the
 * connections and for what only the leader does, sends the last messages, exits. The
 * first cause starts the drain; a later one does not repeat it. Thread-safe.
 */
final class WorkerExit {

	private final Drain drain;

	private final ControlConnection connection;

	private final Supplier<Message.Heartbeat> heartbeat;

	private final WorkerObserver observer;

	private final WorkerEvents events;

	private final Duration gracefulTimeout;

	private final ProcessEnd end;

	private final AtomicBoolean leaving = new AtomicBoolean();

	/** Whether the master has ordered the exit, or is gone. */
	private volatile boolean ordered;

	/** Opens when nothing more is waited for before this process ends. */
	private final CountDownLatch drained = new CountDownLatch(1);

	/**
	 * Create.
	 * @param heartbeat returns the present figures of this worker
	 * @param gracefulTimeout how long an exit without an order of the master may take
	 */
	WorkerExit(Drain drain, ControlConnection connection, Supplier<Message.Heartbeat> heartbeat,
			WorkerObserver observer, WorkerEvents events, Duration gracefulTimeout, ProcessEnd end) {
		this.drain = drain;
		this.connection = connection;
		this.heartbeat = heartbeat;
		this.observer = observer;
		this.events = events;
		this.gracefulTimeout = gracefulTimeout;
		this.end = end;
	}

	/**
	 * Whether this worker drains, or has been told to stop.
	 */
	boolean isLeaving() {
		return this.leaving.get();
	}

	/**
	 * Whether the master has ordered the exit, or is gone. A worker may drain without an
	 * order, because its context is closed.
	 */
	boolean isOrdered() {
		return this.ordered;
	}

	/**
	 * Drain, then exit, on a thread of its own. Does nothing if the worker is leaving.
	 * @param timeout how long to wait for connections at most
	 */
	void drainAndExit(Duration timeout) {
		this.ordered = true;
		if (this.leaving.compareAndSet(false, true)) {
			this.observer.draining(timeout);
			this.events.draining();
			DaemonThread.start("unicorn-drain", () -> {
				drain(timeout);
				this.end.exit(0);
			});
		}
	}

	/**
	 * Exit without waiting for connections, on a thread of its own, even in the middle of
	 * a drain.
	 */
	void stop() {
		this.ordered = true;
		this.leaving.set(true);
		DaemonThread.start("unicorn-stop", () -> {
			this.drain.stopAccepting();
			this.drained.countDown();
			this.end.exit(0);
		});
	}

	/**
	 * Drain and exit on the calling thread, because the master is gone. Halts the process
	 * when the graceful-timeout is over, because no master will kill it if a server or a
	 * shutdown hook does not return. Does nothing if the worker is leaving.
	 * @param cause a phrase for the log
	 */
	void masterLost(String cause) {
		this.ordered = true;
		if (this.leaving.compareAndSet(false, true)) {
			this.observer.masterLost(cause);
			this.events.draining();
			haltAfterGracefulTimeout();
			drain(connectionTimeout());
			this.end.exit(0);
		}
	}

	/** Has a thread of its own: no other one of this process is sure not to block. */
	private void haltAfterGracefulTimeout() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, DaemonThread.factory("unicorn-halt"));
		var unused = timer.schedule(() -> this.end.halt(1), this.gracefulTimeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Drain on the calling thread, for an exit that the master has not ordered, such as
	 * one by SIGTERM. If the worker drains already, only wait for that.
	 */
	void drainBeforeExit() {
		Duration timeout = connectionTimeout();
		if (this.leaving.compareAndSet(false, true)) {
			this.observer.draining(timeout);
			this.events.draining();
			drain(timeout);
			return;
		}
		try {
			var unused = this.drained.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The rest of the graceful-timeout is for closing the application. */
	private Duration connectionTimeout() {
		return this.gracefulTimeout.multipliedBy(4).dividedBy(5);
	}

	private void drain(Duration timeout) {
		long end = System.nanoTime() + timeout.toNanos();
		this.drain.stopAccepting();
		int left = this.drain.awaitNoConnections(timeout);
		this.events.awaitResignation(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
		// The master counts requests by heartbeats; this one has the final numbers.
		this.connection.send(this.heartbeat.get());
		this.connection.send(new Message.Drained(left));
		this.connection.flush();
		this.drained.countDown();
	}

}
