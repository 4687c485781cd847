package io.unicorn.master;

import java.util.function.Consumer;

import sun.misc.Signal;

/**
 * Turns signals to this process into calls. {@code sun.misc.Signal} is the JDK's own way,
 * in a module that all JDKs have ({@code jdk.unsupported}); SIGQUIT stays with the JVM,
 * which prints its threads.
 */
@SuppressWarnings("sunapi")
final class SignalTrap {

	private SignalTrap() {
	}

	/**
	 * Report every signal that the master understands, instead of what it does by default.
	 * Calls come from a thread of the JVM.
	 */
	static void install(Consumer<ProcessSignal> receiver, MasterLog log) {
		for (ProcessSignal signal : new ProcessSignal[] { ProcessSignal.TERM, ProcessSignal.INT, ProcessSignal.HUP,
				ProcessSignal.TTIN, ProcessSignal.TTOU, ProcessSignal.USR1, ProcessSignal.USR2,
				ProcessSignal.WINCH }) {
			try {
				Signal.handle(new Signal(signal.name()), (received) -> receiver.accept(signal));
			}
			catch (IllegalArgumentException ex) {
				log.write(Effect.Level.WARN, "SIG" + signal.name() + " cannot be handled: " + ex.getMessage());
			}
		}
	}

}
