package io.unicorn.posix.process;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import io.unicorn.posix.libc.NativeMemory;
import io.unicorn.posix.libc.Wakeup;

/**
 * Takes, blocks and ignores signals to this process.
 */
public final class Signals {

	/** {@code sigset_t} has 128 bytes in glibc and musl. */
	static final int SET_SIZE = 128;

	private static final int SIGHUP = 1;

	private static final int SIGINT = 2;

	private static final int SIGTERM = 15;

	/** The signals that a JVM unblocks in all of its threads, unless they are ignored. */
	private static final Set<Integer> UNBLOCKED_BY_JVM = Set.of(SIGHUP, SIGINT, SIGTERM);

	private static final int SFD_CLOEXEC = 0x80000;

	private static final int SFD_NONBLOCK = 0x800;

	private static final int MAX_SIGNAL = 64;

	private static final int SIG_BLOCK = 0;

	private static final int SIG_SETMASK = 2;

	private static final long SIG_DFL = 0;

	private static final long SIG_IGN = 1;

	/**
	 * A signal that ends a JVM is handled by other threads; the shutdown begins within
	 * this time.
	 */
	private static final long SETTLING_MILLIS = 10;

	/** {@code struct sigaction} has 152 bytes in glibc and musl; the handler is first. */
	private static final int ACTION_SIZE = 152;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	/**
	 * Create for this process.
	 */
	public Signals(Kernel kernel, Descriptors descriptors) {
		this.descriptors = descriptors;
		this.kernel = kernel;
		this.libc = kernel.libc();
	}

	/**
	 * Create a source of signals, as {@link io.unicorn.posix.Posix#signals} does.
	 */
	public SignalSource source(Set<Integer> signals) throws PosixException {
		NativeMemory set = set(signals);
		int fd = this.kernel.call("signalfd", () -> this.libc.signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK));
		try {
			return new JnrSignalSource(this.kernel, this.descriptors, new Wakeup(this.kernel, this.descriptors), fd);
		}
		catch (PosixException ex) {
			this.descriptors.close(fd);
			throw ex;
		}
	}

	private static NativeMemory set(Set<Integer> signals) {
		long bits = 0;
		for (int signal : signals) {
			if (signal < 1 || signal > MAX_SIGNAL) {
				throw new IllegalArgumentException("Signals are 1 to 64, not " + signal);
			}
			bits |= 1L << (signal - 1);
		}
		NativeMemory set = new NativeMemory(SET_SIZE);
		set.putLong(0, bits);
		return set;
	}

	/**
	 * Prepare a deferral of signals: they stay pending from {@code execve} on, until the
	 * new program takes them. A signal that this process ignored when it started
	 * ({@code nohup}) stays ignored. It is not blocked, while one that is ignored because
	 * of a deferral is.
	 */
	Deferral deferral(Set<Integer> signals) throws PosixException {
		NativeMemory mask = set(Set.of());
		this.kernel.call("signal mask", () -> this.libc.sigprocmask(SIG_BLOCK, mask, mask));
		long blocked = mask.getLong(0);
		Set<Integer> deferred = new HashSet<>(signals);
		Map<Integer, NativeMemory> toIgnore = new HashMap<>();
		for (int signal : signals) {
			NativeMemory action = action(signal);
			boolean ignored = action.getLong(0) == SIG_IGN;
			if (ignored && (blocked & 1L << (signal - 1)) == 0) {
				deferred.remove(signal);
			}
			else if (!ignored && UNBLOCKED_BY_JVM.contains(signal)) {
				toIgnore.put(signal, action);
			}
		}
		return new Deferral(set(deferred), toIgnore, ignoredByDeferral(signals, blocked));
	}

	/**
	 * Return the signals that an earlier deferral ignores and that this one does not
	 * defer: the next program shall not ignore them, too.
	 */
	private Set<Integer> ignoredByDeferral(Set<Integer> deferred, long blocked) throws PosixException {
		Set<Integer> ignored = new HashSet<>();
		for (int signal : UNBLOCKED_BY_JVM) {
			if (!deferred.contains(signal) && action(signal).getLong(0) == SIG_IGN
					&& (blocked & 1L << (signal - 1)) != 0) {
				ignored.add(signal);
			}
		}
		return ignored;
	}

	/** Return what this process does on a signal. */
	private NativeMemory action(int signal) throws PosixException {
		NativeMemory action = new NativeMemory(ACTION_SIZE);
		this.kernel.call("signal " + signal, () -> this.libc.sigaction(signal, null, action));
		return action;
	}

	/**
	 * Blocks and ignores signals of the calling thread between {@link #begin} and
	 * {@link #end}, in which it executes another program.
	 */
	final class Deferral {

		private final NativeMemory mask;

		private final Map<Integer, NativeMemory> toIgnore;

		private final Set<Integer> toDefault;

		private final NativeMemory ownMask = set(Set.of());

		Deferral(NativeMemory mask, Map<Integer, NativeMemory> toIgnore, Set<Integer> toDefault) {
			this.mask = mask;
			this.toIgnore = toIgnore;
			this.toDefault = toDefault;
		}

		void begin() throws PosixException {
			this.toDefault.forEach((signal) -> Signals.this.libc.signal(signal, SIG_DFL));
			// On Linux, sigprocmask changes the mask of the calling thread alone. Before
			// glibc 2.32, pthread_sigmask is not in libc.so.
			Signals.this.kernel.call("signal mask",
					() -> Signals.this.libc.sigprocmask(SIG_SETMASK, this.mask, this.ownMask));
			if (!this.toIgnore.isEmpty()) {
				// From here on such a signal must end this process at once,
				// and not by a shutdown of the JVM, which execve would
				// cut off.
				this.toIgnore.keySet().forEach((signal) -> Signals.this.libc.signal(signal, SIG_DFL));
				parkIfShuttingDown();
			}
			// Not for a signal that is ignored already: that would discard a pending one.
			// While the first thread blocks it, it stays pending although it is ignored.
			this.toIgnore.keySet().forEach((signal) -> Signals.this.libc.signal(signal, SIG_IGN));
		}

		/** Does not return if the shutdown of this JVM has begun. */
		private void parkIfShuttingDown() {
			CountDownLatch begun = new CountDownLatch(1);
			Thread hook = new Thread(begun::countDown);
			try {
				Runtime.getRuntime().addShutdownHook(hook);
				if (!begun.await(SETTLING_MILLIS, TimeUnit.MILLISECONDS)) {
					Runtime.getRuntime().removeShutdownHook(hook);
					return;
				}
			}
			catch (IllegalStateException ex) {
				// The shutdown has begun before, or between these lines.
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			while (true) {
				LockSupport.park();
			}
		}

		void end() {
			this.toDefault.forEach((signal) -> Signals.this.libc.signal(signal, SIG_IGN));
			this.toIgnore.forEach((signal, action) -> Signals.this.libc.sigaction(signal, action, null));
			Signals.this.libc.sigprocmask(SIG_SETMASK, this.ownMask, this.mask);
		}

	}

}
