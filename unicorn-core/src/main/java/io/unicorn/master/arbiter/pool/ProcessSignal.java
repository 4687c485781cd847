package io.unicorn.master.arbiter.pool;

/**
 * A signal that the master receives or sends, with its number on Linux (the same on every
 * architecture that a JDK supports; see {@code signal(7)}).
 */
public enum ProcessSignal {

	HUP(1), INT(2), QUIT(3), ABRT(6), BUS(7), KILL(9), USR1(10), SEGV(11), USR2(12), TERM(15), CONT(18), TTIN(21),
	TTOU(22), WINCH(28);

	private final int number;

	ProcessSignal(int number) {
		this.number = number;
	}

	public int number() {
		return this.number;
	}

	/**
	 * Return the signal with a number.
	 * @throws IllegalArgumentException if the pool does not use such a signal
	 */
	public static ProcessSignal of(int number) {
		for (ProcessSignal signal : values()) {
			if (signal.number == number) {
				return signal;
			}
		}
		throw new IllegalArgumentException("signal " + number);
	}

	/**
	 * Return a description of the signal, such as {@code signal 9 (SIGKILL)}.
	 */
	public static String describe(int number) {
		for (ProcessSignal signal : values()) {
			if (signal.number == number) {
				return "signal " + number + " (SIG" + signal.name() + ")";
			}
		}
		return "signal " + number;
	}

}
