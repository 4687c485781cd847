package io.unicorn.worker;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.Message;
import io.unicorn.meters.CollectedMeters;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterDelta;
import io.unicorn.meters.MeterFormat;
import io.unicorn.meters.MeterSource;
import io.unicorn.meters.Series;
import org.jspecify.annotations.Nullable;

/**
 * Tells the master what this worker has counted: every second, when the master asks, and
 * before the process ends. Has a thread of its own, because a meter may wait for what it
 * measures, and heartbeats must not. Thread-safe.
 */
final class MeterReporter {

	/** What a crash loses at most. */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** How long the end of this process waits for a master that does not answer. */
	private static final Duration NOTED = Duration.ofSeconds(1);

	/** What is sent in a second, half of what the master takes. */
	private static final int BYTES_PER_SECOND = 64 * 1024;

	/** What is sent at once. */
	private static final int BURST_BYTES = 256 * 1024;

	private static final int ATTEMPTS = 2;

	private static final MeterBatch NOTHING = new MeterBatch(Map.of(), List.of());

	private final ControlConnection connection;

	private final BooleanSupplier ready;

	private final WorkerObserver observer;

	/** Guards the order in which changes are read and sent. */
	private final Lock lock = new ReentrantLock();

	private final MeterDelta delta = new MeterDelta();

	private @Nullable ScheduledExecutorService thread;

	private volatile @Nullable MeterSource source;

	private volatile boolean connected = true;

	private boolean faulty;

	/** Bytes that may be sent now, below 0 if more were sent. */
	private double budget = BURST_BYTES;

	private long budgetAt = System.nanoTime();

	/**
	 * Create.
	 * @param ready whether this worker serves; before that, it reports only when asked
	 */
	MeterReporter(ControlConnection connection, BooleanSupplier ready, WorkerObserver observer) {
		this.connection = connection;
		this.ready = ready;
		this.observer = observer;
	}

	/**
	 * Begin to report. Another source replaces the first one, when the application has
	 * built another context.
	 */
	synchronized void begin(MeterSource meters) {
		this.source = meters;
		if (this.thread == null) {
			this.thread = Executors.newSingleThreadScheduledExecutor(DaemonThread.factory("unicorn-meters"));
			var unused = this.thread.scheduleWithFixedDelay(() -> {
				if (this.connected && this.ready.getAsBoolean()) {
					report(false, 0);
				}
			}, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/** The master is gone, or there is none: nothing is reported any more. */
	void disconnect() {
		this.connected = false;
	}

	/** Report everything, because the master asks. */
	synchronized void collect(int collection) {
		if (this.thread != null) {
			this.thread.execute(() -> report(true, collection));
		}
	}

	private void report(boolean complete, int collection) {
		try {
			awaitBudget();
			send(complete, collection);
			this.faulty = false;
		}
		catch (RuntimeException ex) {
			if (collection != 0) {
				sendNothing(collection);
			}
			if (!this.faulty) {
				this.faulty = true;
				this.observer.fault("the meters could not be read", ex);
			}
		}
	}

	/** This worker's own series are unknown, so they are left out. */
	private void sendNothing(int collection) {
		this.lock.lock();
		try {
			send(this.delta.changes(NOTHING, true), collection);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitBudget() {
		double missing = -refill();
		if (missing > 0) {
			LockSupport.parkNanos((long) (missing / BYTES_PER_SECOND * TimeUnit.SECONDS.toNanos(1)));
		}
	}

	private synchronized double refill() {
		long now = System.nanoTime();
		double seconds = (now - this.budgetAt) / (double) TimeUnit.SECONDS.toNanos(1);
		this.budgetAt = now;
		this.budget = Math.min(BURST_BYTES, this.budget + seconds * BYTES_PER_SECOND);
		return this.budget;
	}

	private synchronized void spend(int bytes) {
		this.budget -= bytes;
	}

	private void send(boolean complete, int collection) {
		this.lock.lock();
		try {
			send(changes(complete), collection);
		}
		finally {
			this.lock.unlock();
		}
	}

	private MeterBatch changes(boolean complete) {
		MeterSource meters = this.source;
		MeterBatch changes = this.delta.changes((meters != null) ? meters.read(complete) : NOTHING, complete);
		if (this.delta.takeOverflow()) {
			this.observer.fault("this worker has too many meters",
					new IllegalStateException("some are left out of the metrics of the pool"));
		}
		return changes;
	}

	private void send(MeterBatch changes, int collection) {
		List<ByteBuffer> parts = MeterFormat.encode(changes);
		for (int i = 0; i < parts.size(); i++) {
			spend(parts.get(i).remaining());
			boolean last = i == parts.size() - 1;
			this.connection.send(new Message.Meters(0, last ? collection : 0, Blob.of(parts.get(i))));
		}
		if (parts.isEmpty() && collection != 0) {
			this.connection.send(new Message.Meters(0, collection, Blob.EMPTY));
		}
	}

	/**
	 * Report what was counted, and wait until the master has it, for a second at most.
	 * Called when the process ends.
	 */
	void finish() {
		if (this.source == null || !this.connected) {
			return;
		}
		try {
			send(false, 0);
			var unused = this.connection.query((query) -> new Message.Meters(query, 0, Blob.EMPTY), Message.Noted.class,
					NOTED);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			this.observer.fault("the meters could not be read", ex);
		}
	}

	/**
	 * Return the meters of all workers, this one included.
	 * @param timeout how long to wait for each reply of the master
	 * @return {@code null} if there was no reply in time
	 * @throws RuntimeException if a meter of this worker cannot be read
	 */
	@Nullable CollectedMeters pool(Duration timeout) throws InterruptedException {
		if (!this.connected) {
			return null;
		}
		awaitBudget();
		send(true, 0);
		for (int i = 0; i < ATTEMPTS; i++) {
			CollectedMeters collected = query(timeout);
			if (collected != null) {
				return collected;
			}
		}
		return null;
	}

	/**
	 * Return {@code null} if there was no reply, or the master does not know the rest.
	 */
	private @Nullable CollectedMeters query(Duration timeout) throws InterruptedException {
		Map<String, Family> families = new HashMap<>();
		List<Series> series = new ArrayList<>();
		int collection = 0;
		int parts = 1;
		List<Integer> missing = List.of();
		for (int part = 0; part < parts; part++) {
			int known = collection;
			int wanted = part;
			Optional<Message.MetersReply> reply = this.connection
				.query((query) -> new Message.MetersQuery(query, known, wanted), Message.MetersReply.class, timeout);
			if (reply.isEmpty() || reply.get().parts() == 0) {
				return null;
			}
			collection = reply.get().collection();
			parts = reply.get().parts();
			missing = reply.get().missing();
			MeterBatch batch = MeterFormat.decode(reply.get().part().toByteBuffer());
			families.putAll(batch.families());
			series.addAll(batch.series());
		}
		return new CollectedMeters(new MeterBatch(families, series), missing);
	}

}
