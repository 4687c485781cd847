package io.unicorn.master.process;

import java.time.Duration;

import io.unicorn.ipc.Message;

/**
 * Limits what one worker sends: how much it may send in a second, and how much of it may
 * wait until the master's main thread has handled it. Beyond that, the master does not
 * read, and the kernel takes no more from the worker. Thread-safe.
 * <p>
 * An honest worker sends up to 20 heartbeats and some ten queries a second, so it comes
 * nowhere near.
 */
final class Intake {

	/** How long a worker may be above its share; then it breaks the protocol. */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	/** What a worker may send in a second; a question, which costs an answer, is five. */
	private static final int MESSAGES = 200;

	private static final int QUESTION = 5;

	private static final int BYTES = 128 * 1024;

	/** Seconds whose share may be sent at once. */
	private static final int BURST = 5;

	/** Messages and bytes that may wait for the main thread. */
	private static final int MOST_WAITING = 100;

	private static final int MOST_WAITING_BYTES = 64 * 1024;

	/** The most messages at a time that the master's own ones may cause. */
	private static final int MOST_DUE = 16;

	private static final int SHORTEST_PAUSE_MILLIS = 20;

	private static final int LONGEST_PAUSE_MILLIS = 1000;

	private static final double NANOS = 1e9;

	/** Seconds of its share that are left, below 0 if it has sent more. */
	private double left = BURST;

	private long lastNanos;

	private boolean above;

	private long aboveSince;

	private int waiting;

	private int waitingBytes;

	/** Parts of calls that the master has asked the worker for. */
	private int due;

	Intake(long nowNanos) {
		this.lastNanos = nowNanos;
	}

	/** Note that bytes were read. */
	synchronized void read(int bytes, long nowNanos) {
		refill(nowNanos);
		this.left -= (double) bytes / BYTES;
	}

	/**
	 * Note a message to the worker. One that continues a call makes the worker send a
	 * part of it, or ask for the next part; that is not its own doing, so its share stays
	 * as it is.
	 */
	synchronized void sent(Message.FromMaster message) {
		if (message instanceof Message.Perform || message instanceof Message.Continue
				|| (message instanceof Message.CallResult result && result.hasNext())) {
			this.due = Math.min(MOST_DUE, this.due + 1);
		}
	}

	/** Note a message that is passed to the main thread. */
	synchronized void passed(Message.FromWorker message, int bytes) {
		boolean part = message instanceof Message.CallAnswer || message instanceof Message.CallNext;
		if (part && this.due > 0) {
			this.due--;
			this.left += (double) bytes / BYTES;
		}
		else {
			boolean question = message instanceof Message.Question || message instanceof Message.Call;
			this.left -= (question ? QUESTION : 1.0) / MESSAGES;
		}
		this.waiting++;
		this.waitingBytes += bytes;
	}

	/** Note that the main thread has come to such a message. */
	synchronized void handled(int bytes) {
		this.waiting--;
		this.waitingBytes -= bytes;
	}

	private void refill(long nowNanos) {
		this.left = Math.min(BURST, this.left + (nowNanos - this.lastNanos) / NANOS);
		this.lastNanos = nowNanos;
		if (this.left > BURST / 2.0) {
			this.above = false;
		}
	}

	/** Return how long not to read, in milliseconds, 0 to read on. */
	synchronized int pauseMillis(long nowNanos) {
		refill(nowNanos);
		if (this.left < 0) {
			if (!this.above) {
				this.above = true;
				this.aboveSince = nowNanos;
			}
			return (int) Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS - this.left * 1000);
		}
		boolean full = this.waiting > MOST_WAITING || this.waitingBytes > MOST_WAITING_BYTES;
		return full ? SHORTEST_PAUSE_MILLIS : 0;
	}

	/** Whether the worker has been above its share for too long. */
	synchronized boolean isBroken(long nowNanos) {
		return this.above && nowNanos - this.aboveSince > PATIENCE.toNanos();
	}

}
