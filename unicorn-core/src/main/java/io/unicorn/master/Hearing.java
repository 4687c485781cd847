package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import org.jspecify.annotations.Nullable;

/**
 * The threads by which the master hears of signals and of what workers say. They can be
 * stopped, so that nothing is taken out of the kernel any more, and started again.
 */
final class Hearing {

	/** SIGQUIT stays with the JVM, which prints its threads. */
	private static final List<ProcessSignal> TRAPPED = List.of(ProcessSignal.TERM, ProcessSignal.INT, ProcessSignal.HUP,
			ProcessSignal.TTIN, ProcessSignal.TTOU, ProcessSignal.USR1, ProcessSignal.USR2, ProcessSignal.WINCH);

	private final Posix posix;

	private final Consumer<ProcessSignal> receiver;

	private final LogQueue log;

	private ControlPoller poller;

	private @Nullable SignalSource signals;

	private @Nullable Thread reader;

	/**
	 * Create.
	 * @param receiver is told of each signal
	 */
	Hearing(Posix posix, Consumer<ProcessSignal> receiver, LogQueue log) throws PosixException {
		this.posix = posix;
		this.receiver = receiver;
		this.log = log;
		this.poller = posix.poller();
	}

	/** Who registers here is heard. */
	ControlPoller poller() {
		return this.poller;
	}

	/** Tell of signals that have no effect, though somebody may count on them. */
	void tellOfIgnored() {
		for (ProcessSignal signal : IgnoredSignals.of(TRAPPED, Path.of("/proc/self/status"))) {
			this.log.write(Effect.Level.WARN, "SIG" + signal.name()
					+ " has no effect, because this process was started to ignore it, as nohup does");
		}
	}

	void begin() {
		ControlPoller current = this.poller;
		this.reader = daemon("unicorn-control", () -> read(current));
		try {
			SignalSource source = this.posix
				.signals(TRAPPED.stream().map(ProcessSignal::number).collect(Collectors.toUnmodifiableSet()));
			this.signals = source;
			daemon("unicorn-signals", () -> take(source));
		}
		catch (PosixException ex) {
			this.log.fault("signals cannot be taken, the master stops in the JVM's own way", ex);
		}
	}

	/**
	 * Hear nothing more. What was heard has been passed on when this returns; what is not
	 * taken yet waits in the kernel.
	 */
	void stop() throws InterruptedException {
		if (this.signals != null) {
			this.signals.close();
		}
		this.poller.close();
		if (this.reader != null) {
			this.reader.join();
		}
	}

	/**
	 * Hear again, by another poller.
	 */
	void beginAgain() throws PosixException {
		this.poller = this.posix.poller();
		begin();
	}

	void close() {
		this.poller.close();
	}

	private void read(ControlPoller current) {
		try {
			current.run();
		}
		catch (IOException ex) {
			this.log.fault("workers cannot be heard any more", ex);
		}
	}

	private void take(SignalSource source) {
		try {
			source.run((number) -> this.receiver.accept(ProcessSignal.of(number)));
		}
		catch (IOException ex) {
			this.log.fault("signals cannot be taken any more", ex);
		}
	}

	static Thread daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
