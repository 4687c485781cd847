package io.unicorn.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application of the events of this worker, on threads that may block, and the
 * master that this worker has resigned. Thread-safe.
 */
final class WorkerEvents {

	private final Executor leadership = Executors.newSingleThreadExecutor(DaemonThread.factory("unicorn-leader"));

	/** A leader that resigns may wait for long, and its drain begins meanwhile. */
	private final Executor others = Executors.newSingleThreadExecutor(DaemonThread.factory("unicorn-events"));

	private final Consumer<Message.FromWorker> connection;

	private final WorkerObserver observer;

	private volatile @Nullable WorkerListener listener;

	/** What the listener has to know of the leadership; of the thread for it. */
	private Message.@Nullable Leader term;

	/** Opens when the worker has resigned; open if it was not told to. */
	private volatile CountDownLatch resigned = new CountDownLatch(0);

	WorkerEvents(Consumer<Message.FromWorker> connection, WorkerObserver observer) {
		this.connection = connection;
		this.observer = observer;
	}

	void listen(WorkerListener listener) {
		this.leadership.execute(() -> {
			this.listener = listener;
			tellOfLeadership();
		});
	}

	void ready() {
		this.others.execute(() -> tell(WorkerListener::ready));
	}

	void draining() {
		this.others.execute(() -> tell(WorkerListener::draining));
	}

	void granted(Message.Leader appointment) {
		this.leadership.execute(() -> {
			this.term = appointment;
			tellOfLeadership();
		});
	}

	private void tellOfLeadership() {
		Message.Leader current = this.term;
		if (current != null && this.listener != null) {
			// Another context of this process must not do again what was left to it.
			this.term = new Message.Leader(true);
			tell((told) -> told.leadershipGranted(current.first(), current.handOver()));
		}
	}

	/** Let the application end what only the leader does, and then tell the master. */
	void revoked() {
		CountDownLatch latch = new CountDownLatch(1);
		this.resigned = latch;
		this.leadership.execute(() -> {
			this.term = null;
			this.connection.accept(resignation());
			latch.countDown();
		});
	}

	private Message.Resigned resignation() {
		WorkerListener told = this.listener;
		if (told != null) {
			try {
				return new Message.Resigned(told.leadershipRevoked());
			}
			catch (RuntimeException ex) {
				this.observer.fault("the next leader gets nothing from this one", ex);
			}
		}
		return new Message.Resigned(Map.of());
	}

	/**
	 * Wait until this worker has resigned, if it was told to.
	 */
	void awaitResignation(Duration timeout) {
		try {
			var unused = this.resigned.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void tell(Consumer<WorkerListener> event) {
		WorkerListener told = this.listener;
		if (told != null) {
			try {
				event.accept(told);
			}
			catch (RuntimeException ex) {
				this.observer.fault("the application could not be told of an event", ex);
			}
		}
	}

}
