package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;

/**
 * What is to be thought of a worker's exit.
 *
 * @param reason the word under which it is counted
 * @param words what happened, for the log
 * @param asWanted whether the worker left because it was told to, in the way it was told
 * to
 */
record Verdict(String reason, String words, boolean asWanted) {

	static final String CRASHED = "crashed";

	static final String KILLED = "killed";

	static final String OUT_OF_MEMORY = "out-of-memory";

	static final String TERMINATED = "terminated";

	static final String HUNG = "hung";

	static final String BOOT_FAILED = "boot-failed";

	static final String BOOT_TIMEOUT = "boot-timeout";

	static final String RELOAD = "reload";

	static final String ROLLED_BACK = "rolled-back";

	static final String SCALED_DOWN = "scaled-down";

	static final String SHUTDOWN = "shutdown";

	static final String CHANNEL_LOST = "channel-lost";

	/** What a JVM exits with when {@code -XX:+ExitOnOutOfMemoryError} strikes. */
	private static final int JVM_OUT_OF_MEMORY = 3;

	/** A JVM that ends on a signal exits with this plus the number of the signal. */
	private static final int SIGNAL_BASE = 128;

	static Verdict of(Worker worker, Event.Exited exit) {
		String leaving = worker.leaving();
		if (worker.is(WorkerState.DRAINING) && leaving != null && isCleanExit(exit)) {
			return new Verdict(leaving, "exited", true);
		}
		if (worker.is(WorkerState.EXITING) && leaving != null) {
			return new Verdict(leaving, words(exit),
					SHUTDOWN.equals(leaving) || SCALED_DOWN.equals(leaving) || ROLLED_BACK.equals(leaving));
		}
		if (worker.is(WorkerState.BOOTING)) {
			return new Verdict(BOOT_FAILED, words(exit), false);
		}
		return new Verdict(reason(exit), words(exit), false);
	}

	/** A JVM exits with 143 after a clean end on SIGTERM, and with 130 after SIGINT. */
	private static boolean isCleanExit(Event.Exited exit) {
		return exit.code() == 0 || exit.code() == SIGNAL_BASE + ProcessSignal.TERM.number()
				|| exit.code() == SIGNAL_BASE + ProcessSignal.INT.number();
	}

	private static String reason(Event.Exited exit) {
		if (exit.signal() == ProcessSignal.KILL.number()) {
			return exit.outOfMemoryKill() ? OUT_OF_MEMORY : KILLED;
		}
		if (exit.code() == JVM_OUT_OF_MEMORY) {
			return OUT_OF_MEMORY;
		}
		return (isCleanExit(exit) && exit.code() != 0) ? TERMINATED : CRASHED;
	}

	private static String words(Event.Exited exit) {
		if (exit.signal() == ProcessSignal.KILL.number()) {
			return "killed by signal 9 (SIGKILL)"
					+ (exit.outOfMemoryKill() ? ", the kernel ran out of memory (OOM killer)" : "");
		}
		if (exit.signal() == ProcessSignal.ABRT.number() || exit.signal() == ProcessSignal.SEGV.number()
				|| exit.signal() == ProcessSignal.BUS.number()) {
			return "the JVM crashed with " + ProcessSignal.describe(exit.signal()) + ", see its hs_err_pid file";
		}
		if (exit.signal() != 0) {
			return "killed by " + ProcessSignal.describe(exit.signal());
		}
		if (exit.code() == JVM_OUT_OF_MEMORY) {
			return "exit code 3, OutOfMemoryError (the JVM exits with 3 when its heap is exhausted)";
		}
		if (exit.code() > SIGNAL_BASE && isCleanExit(exit)) {
			return "exit code " + exit.code() + ", somebody sent " + ProcessSignal.describe(exit.code() - SIGNAL_BASE);
		}
		return "exit code " + exit.code();
	}

	/**
	 * Return the line that tells the operator, without its subject.
	 */
	String line(Worker worker, Instant now) {
		String because = this.asWanted ? " (" + this.reason + ")" : ": " + this.words;
		return "exited" + because + " after " + Phrases.rough(Duration.between(worker.spawnedAt, now));
	}

}
