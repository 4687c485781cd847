package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;

/**
 * Why a worker has exited.
 *
 * @param reason the word under which the exit is counted
 * @param description what happened, for the log
 * @param expected whether the worker has left as it was told to
 */
public record ExitReason(String reason, String description, boolean expected) {

	static final String CRASHED = "crashed";

	static final String KILLED = "killed";

	static final String OUT_OF_MEMORY = "out-of-memory";

	public static final String TERMINATED = "terminated";

	/** Its application has ended the process of its own accord. */
	public static final String ENDED = "ended";

	public static final String HUNG = "hung";

	public static final String BOOT_FAILED = "boot-failed";

	public static final String BOOT_TIMEOUT = "boot-timeout";

	/** Somebody has asked for its replacement. */
	public static final String RETIRED = "retired";

	public static final String RELOAD = "reload";

	public static final String ROLLED_BACK = "rolled-back";

	public static final String SCALED_DOWN = "scaled-down";

	public static final String SHUTDOWN = "shutdown";

	public static final String CHANNEL_LOST = "channel-lost";

	/** It has broken the control protocol. */
	public static final String MISBEHAVED = "misbehaved";

	/** Stands for the words that are too many to be counted. */
	public static final String OTHER = "other";

	/**
	 * The exit code of a JVM that ends because of {@code -XX:+ExitOnOutOfMemoryError}.
	 */
	private static final int JVM_OUT_OF_MEMORY = 3;

	/** A JVM that ends on a signal exits with this plus the number of the signal. */
	public static final int SIGNAL_BASE = 128;

	/** Return why a worker has exited. */
	public static ExitReason of(Worker worker, Event.Exited exit) {
		String leaving = worker.leaving();
		if (worker.is(WorkerState.DRAINING) && leaving != null && isCleanExit(exit)) {
			return new ExitReason(leaving, "exited", true);
		}
		if (worker.is(WorkerState.EXITING) && leaving != null) {
			return new ExitReason(leaving, describe(exit), SHUTDOWN.equals(leaving) || SCALED_DOWN.equals(leaving)
					|| ROLLED_BACK.equals(leaving) || ENDED.equals(leaving));
		}
		if (worker.is(WorkerState.BOOTING)) {
			return new ExitReason(BOOT_FAILED, describe(exit), false);
		}
		return new ExitReason(reason(exit), describe(exit), false);
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

	private static String describe(Event.Exited exit) {
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
			return "exit code " + exit.code() + ", after " + ProcessSignal.describe(exit.code() - SIGNAL_BASE);
		}
		return "exit code " + exit.code();
	}

	/**
	 * Return the log line of the exit, without its subject.
	 */
	public String line(Worker worker, Instant now) {
		if (worker.is(WorkerState.BOOTING) && !worker.isConnected()) {
			return "exited before it connected to the master: " + this.description + " after "
					+ LogFormat.rough(Duration.between(worker.spawnedAt(), now)) + ", its output is above";
		}
		String because = this.expected ? " (" + this.reason + ")" : ": " + this.description;
		return "exited" + because + " after " + LogFormat.rough(Duration.between(worker.spawnedAt(), now));
	}

}
