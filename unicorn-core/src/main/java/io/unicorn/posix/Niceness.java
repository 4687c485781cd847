package io.unicorn.posix;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The nice value of those who are to yield for a while. Whoever has yielded may not take
 * it back without a privilege ({@code CAP_SYS_NICE}) or a limit that allows it
 * ({@code RLIMIT_NICE}), so without those nobody is asked to. Thread-safe.
 */
final class Niceness {

	/** Behind everybody else. */
	private static final int LAST = 19;

	private static final int OURSELVES = 0;

	private final Kernel kernel;

	private @Nullable Boolean reversible;

	Niceness(Kernel kernel) {
		this.kernel = kernel;
	}

	/** What this thread has. */
	int own() {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.kernel, OURSELVES);
		return (attributes != null) ? attributes.nice() : LAST;
	}

	/** What others may have and come back from to what this thread has. */
	int yielding() {
		return isReversible() ? LAST : own();
	}

	/** Whether those who yield may be let back. */
	synchronized boolean isReversible() {
		if (this.reversible == null) {
			// A thread that did not come back would be slow for good, so it ends.
			this.reversible = CompletableFuture
				.supplyAsync(this::comesBack, (attempt) -> new Thread(attempt, "unicorn-nice").start())
				.join();
		}
		return this.reversible;
	}

	private boolean comesBack() {
		SchedulerAttributes attributes = SchedulerAttributes.of(this.kernel, OURSELVES);
		if (attributes == null) {
			return false;
		}
		int own = attributes.nice();
		return attributes.nice(LAST).apply() && attributes.nice(own).apply();
	}

}
