package io.unicorn.master.probe;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Gets descriptions of the pool from the master's main thread, for all who ask. However
 * many they are, one question at a time waits for that thread, and a new one comes
 * {@link #SHARED} after the last at the earliest. Thread-safe.
 */
final class SharedSnapshot {

	/** A main thread that works answers within milliseconds. */
	static final Duration PATIENCE = Duration.ofSeconds(1);

	/** How long a description is used again. */
	static final Duration SHARED = Duration.ofMillis(200);

	private final Consumer<Runnable> mainThread;

	private final Supplier<PoolSnapshot> description;

	private @Nullable CompletableFuture<PoolSnapshot> reply;

	private long askedAt;

	/**
	 * Create.
	 * @param mainThread runs a task on the main thread, later
	 * @param description describes the pool, on the main thread
	 */
	SharedSnapshot(Consumer<Runnable> mainThread, Supplier<PoolSnapshot> description) {
		this.mainThread = mainThread;
		this.description = description;
	}

	/**
	 * Return the state of the pool, or {@code null} if the main thread has not answered
	 * {@link #PATIENCE} after it was asked. Once that time is over, others do not wait
	 * for the same answer.
	 */
	@Nullable PoolSnapshot get() throws InterruptedException {
		CompletableFuture<PoolSnapshot> awaited;
		long patience;
		synchronized (this) {
			awaited = ask();
			patience = this.askedAt + PATIENCE.toNanos() - System.nanoTime();
		}
		try {
			return awaited.get(Math.max(0, patience), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			return null;
		}
	}

	private CompletableFuture<PoolSnapshot> ask() {
		CompletableFuture<PoolSnapshot> last = this.reply;
		if (last != null && (!last.isDone() || System.nanoTime() - this.askedAt < SHARED.toNanos())) {
			return last;
		}
		CompletableFuture<PoolSnapshot> next = new CompletableFuture<>();
		this.reply = next;
		this.askedAt = System.nanoTime();
		this.mainThread.accept(() -> answer(next));
		return next;
	}

	private void answer(CompletableFuture<PoolSnapshot> question) {
		try {
			question.complete(this.description.get());
		}
		catch (Throwable ex) {
			question.completeExceptionally(ex);
			throw ex;
		}
	}

}
