package io.unicorn.posix.scheduling;

import java.util.concurrent.CompletableFuture;

import io.unicorn.posix.libc.SchedulerCalls;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a nice value may be raised and lowered again. To lower one needs a
 * privilege ({@code CAP_SYS_NICE}) or a limit ({@code RLIMIT_NICE}). Without these, none
 * is raised. Thread-safe.
 */
public final class Niceness {

	/** The smallest share of a processor. */
	private static final int HIGHEST = 19;

	private static final int CALLING_THREAD = 0;

	private final SchedulerCalls calls;

	private @Nullable Boolean reversible;

	/**
	 * Create with access to the scheduler.
	 */
	public Niceness(SchedulerCalls calls) {
		this.calls = calls;
	}

	/** Return the nice value of the calling thread. */
	int own() {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.calls, CALLING_THREAD);
		return (attributes != null) ? attributes.nice() : HIGHEST;
	}

	/**
	 * Return the nice value of threads in the background: the highest one, if it may be
	 * lowered again to that of the calling thread.
	 */
	int inBackground() {
		return isReversible() ? HIGHEST : own();
	}

	/** Return whether a raised nice value may be lowered again. */
	synchronized boolean isReversible() {
		if (this.reversible == null) {
			// A thread that cannot lower its nice value again stays slow, so a thread of
			// its own makes the attempt and ends.
			this.reversible = CompletableFuture
				.supplyAsync(this::lowersAgain, (attempt) -> new Thread(attempt, "unicorn-nice").start())
				.join();
		}
		return this.reversible;
	}

	private boolean lowersAgain() {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.calls, CALLING_THREAD);
		if (attributes == null) {
			return false;
		}
		int own = attributes.nice();
		return attributes.nice(HIGHEST).apply() && attributes.nice(own).apply();
	}

}
