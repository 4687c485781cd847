package io.unicorn.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests, and knows how old the oldest running one is. Called twice for every
 * request, so it neither locks nor allocates. Thread-safe.
 */
public final class RequestLedger {

	/**
	 * How many running requests have their age watched; a power of two. What is running
	 * beyond that is counted all the same.
	 */
	private static final int SLOTS = 1024;

	/** Slots tried before a request goes unwatched; keeps a full ledger cheap. */
	private static final int PROBES = 16;

	private static final int UNWATCHED = -1;

	private final AtomicLongArray startedAt = new AtomicLongArray(SLOTS);

	private final LongAdder started = new LongAdder();

	private final AtomicLong finished = new AtomicLong();

	private final LongAdder errors = new LongAdder();

	private final long limit;

	private final Runnable limitReached;

	/**
	 * Create a ledger.
	 * @param limit number of finished requests at which something is to happen, 0 for
	 * never
	 * @param limitReached what is to happen, once, on the thread of that request
	 */
	public RequestLedger(long limit, Runnable limitReached) {
		if (limit < 0) {
			throw new IllegalArgumentException("limit must not be negative, not " + limit);
		}
		this.limit = limit;
		this.limitReached = limitReached;
	}

	/**
	 * Note that a request has begun.
	 * @return a token for {@link #end}
	 */
	public int begin() {
		this.started.increment();
		// 0 means that the slot is free.
		long now = System.nanoTime() | 1;
		int start = Thread.currentThread().hashCode();
		for (int i = 0; i < PROBES; i++) {
			int slot = (start + i) & (SLOTS - 1);
			if (this.startedAt.get(slot) == 0 && this.startedAt.compareAndSet(slot, 0, now)) {
				return slot;
			}
		}
		return UNWATCHED;
	}

	/**
	 * Note that a request has been answered.
	 * @param token what {@link #begin} returned for it
	 */
	public void end(int token) {
		end(token, false);
	}

	/**
	 * Note that a request has been answered, or has failed.
	 * @param token what {@link #begin} returned for it
	 * @param failed whether the answer was an error of the server's, a status of 500 or
	 * more
	 */
	public void end(int token, boolean failed) {
		if (failed) {
			this.errors.increment();
		}
		if (token != UNWATCHED) {
			this.startedAt.set(token, 0);
		}
		if (this.finished.incrementAndGet() == this.limit) {
			this.limitReached.run();
		}
	}

	/**
	 * Return the number of finished requests.
	 */
	public long finished() {
		return this.finished.get();
	}

	/**
	 * Return the number of finished requests that the server has failed to answer
	 * properly. It is counted before the request is counted as finished.
	 */
	public long errors() {
		return this.errors.sum();
	}

	/**
	 * Return the number of running requests.
	 */
	public int inFlight() {
		// Read in this order, a request that ends in between is not counted negative.
		long ended = this.finished.get();
		return (int) Math.max(0, this.started.sum() - ended);
	}

	/**
	 * Return the age of the oldest running request in milliseconds, 0 if there is none.
	 */
	public long oldestMillis() {
		long now = System.nanoTime();
		long oldest = 0;
		for (int slot = 0; slot < SLOTS; slot++) {
			long start = this.startedAt.get(slot);
			if (start != 0) {
				oldest = Math.max(oldest, now - start);
			}
		}
		return oldest / 1_000_000;
	}

}
