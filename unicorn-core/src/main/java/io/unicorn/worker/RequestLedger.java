package io.unicorn.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests, and measures the age of the oldest running one. Called twice for each
 * request, so it neither locks nor allocates. Thread-safe.
 */
public final class RequestLedger {

	/**
	 * How many running requests have their age measured; a power of two. Further ones are
	 * only counted.
	 */
	private static final int SLOTS = 1024;

	/** Slots tried before a request is only counted; keeps a full ledger cheap. */
	private static final int PROBES = 16;

	/** The token of a request without a slot. */
	private static final int NO_SLOT = -1;

	/** Nanoseconds of {@link System#nanoTime()}, 0 in a free slot. */
	private final AtomicLongArray startedAt = new AtomicLongArray(SLOTS);

	private final LongAdder started = new LongAdder();

	private final AtomicLong finished = new AtomicLong();

	private final LongAdder errors = new LongAdder();

	private final long limit;

	private final Runnable limitReached;

	/**
	 * Create a ledger.
	 * @param limit number of finished requests at which to call {@code limitReached}, 0
	 * for never
	 * @param limitReached called once, on the thread of that request; must not block
	 * @throws IllegalArgumentException if the limit is negative
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
	 * @return a token for {@link #end(int, boolean)}
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
		return NO_SLOT;
	}

	/**
	 * Note that a request has been answered. To be called once per token.
	 * @param token what {@link #begin} returned for the request
	 */
	public void end(int token) {
		end(token, false);
	}

	/**
	 * Note that a request has been answered, or has failed. To be called once per token.
	 * @param token what {@link #begin} returned for the request
	 * @param failed whether the response has a status of 500 or above
	 */
	public void end(int token, boolean failed) {
		if (failed) {
			this.errors.increment();
		}
		if (token != NO_SLOT) {
			this.startedAt.set(token, 0);
		}
		if (this.finished.incrementAndGet() == this.limit) {
			this.limitReached.run();
		}
	}

	/**
	 * Return the number of finished requests.
	 * @return the number, failed requests included
	 */
	public long finished() {
		return this.finished.get();
	}

	/**
	 * Return the number of failed requests. A request is counted here before it is
	 * counted as finished.
	 * @return the number
	 */
	public long errors() {
		return this.errors.sum();
	}

	/**
	 * Return the number of running requests.
	 * @return the number, 0 or more
	 */
	public int inFlight() {
		// In the other order, a request that begins and ends between the two reads would
		// make the difference too small.
		long ended = this.finished.get();
		return (int) Math.max(0, this.started.sum() - ended);
	}

	/**
	 * Return the age of the oldest running request whose age is measured.
	 * @return the age in milliseconds, 0 if there is none
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
