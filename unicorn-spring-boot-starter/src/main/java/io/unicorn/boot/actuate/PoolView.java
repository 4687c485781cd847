package io.unicorn.boot.actuate;

import java.time.Duration;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

/**
 * The pool as the master sees it. Thread-safe.
 */
public final class PoolView {

	/** The master answers within a millisecond or is in trouble. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/** Several meters are read for one scrape; one question is enough for them. */
	private static final Duration FRESH = Duration.ofMillis(500);

	private final WorkerAgent agent;

	private @Nullable PoolSnapshot last;

	private long lastNanos;

	PoolView(WorkerAgent agent) {
		this.agent = agent;
	}

	/**
	 * Ask the master.
	 * @return the state of the pool, or {@code null} if the master does not answer
	 */
	public @Nullable PoolSnapshot now() {
		try {
			return this.agent.pool(PATIENCE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	/**
	 * Ask the master for a roll-out.
	 * @param trigger who wants it, as a phrase for the log
	 * @return its number, 0 if there will be none, or {@code null} if the master does not
	 * answer
	 */
	@Nullable Long rollOut(String trigger) {
		try {
			return this.agent.rollOut(trigger, PATIENCE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	/**
	 * Return a state that is at most half a second old.
	 */
	synchronized @Nullable PoolSnapshot recent() {
		long now = System.nanoTime();
		if (this.last == null || now - this.lastNanos > FRESH.toNanos()) {
			this.last = now();
			this.lastNanos = now;
		}
		return this.last;
	}

}
