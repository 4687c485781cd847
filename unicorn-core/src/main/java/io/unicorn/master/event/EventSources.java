package io.unicorn.master.event;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.log.LogQueue;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs the threads that take signals and read control connections. Before an exec they
 * are stopped, so that what arrives later stays in the kernel for the next program; if
 * the exec fails, they are started again.
 */
public final class EventSources {

	/** SIGQUIT stays with the JVM, which prints its threads. */
	private static final List<ProcessSignal> TRAPPED = List.of(ProcessSignal.TERM, ProcessSignal.INT, ProcessSignal.HUP,
			ProcessSignal.TTIN, ProcessSignal.TTOU, ProcessSignal.USR1, ProcessSignal.USR2, ProcessSignal.WINCH);

	private final Posix posix;

	private final Consumer<ProcessSignal> receiver;

	private final LogQueue log;

	private ControlPoller poller;

	/** Takes over after a {@link #stop}. */
	private @Nullable ControlPoller next;

	private @Nullable SignalSource signals;

	private final ResidentThread reader;

	private final ResidentThread taker;

	/**
	 * Create.
	 * @param receiver is told of each signal
	 * @param faults is told what has failed on another thread
	 */
	public EventSources(Posix posix, Consumer<ProcessSignal> receiver, LogQueue log,
			BiConsumer<String, Throwable> faults) throws PosixException {
		this.posix = posix;
		this.receiver = receiver;
		this.log = log;
		this.poller = posix.poller();
		this.reader = new ResidentThread("unicorn-control", faults);
		this.taker = new ResidentThread("unicorn-signals", faults);
	}

	/** Return the poller of the control connections. */
	public ControlPoller poller() {
		return this.poller;
	}

	/**
	 * Log the signals that have no effect because the process was started to ignore them.
	 */
	public void tellOfIgnored() {
		for (ProcessSignal signal : IgnoredSignals.of(TRAPPED, Path.of("/proc/self/status"))) {
			this.log.write(Effect.Level.WARN, "SIG" + signal.name()
					+ " has no effect, because this process was started to ignore it, as nohup does");
		}
	}

	public void begin() {
		ControlPoller current = this.poller;
		this.reader.begin(current::run);
		try {
			SignalSource source = this.posix
				.signals(TRAPPED.stream().map(ProcessSignal::number).collect(Collectors.toUnmodifiableSet()));
			this.signals = source;
			this.taker.begin(() -> source.run((number) -> this.receiver.accept(ProcessSignal.of(number))));
		}
		catch (PosixException ex) {
			this.log.fault("cannot take signals; TERM and INT end the master without a drain", ex);
		}
	}

	/**
	 * Stop the threads. When this returns, what they have taken is passed on; what they
	 * have not taken stays in the kernel.
	 */
	public void stop() throws IOException, InterruptedException {
		// What could fail comes first: without a poller, this master would be blind.
		this.next = this.posix.poller();
		if (this.signals != null) {
			this.signals.close();
		}
		this.poller.close();
		this.reader.awaitEnd();
	}

	/**
	 * Let the threads run again, with another poller, if they were stopped.
	 */
	public void beginAgain() {
		if (this.next != null) {
			this.poller = this.next;
			this.next = null;
			begin();
		}
	}

	public void close() {
		this.poller.close();
	}

	public static Thread daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
