package io.unicorn.posix;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Blocked and ignored signals.
 */
final class Signals {

	/** {@code sigset_t} has 128 bytes in glibc and musl. */
	static final int SET_SIZE = 128;

	private static final int SIGHUP = 1;

	private static final int SIGINT = 2;

	private static final int SIGTERM = 15;

	/** Those that a JVM admits in all its threads, unless they are ignored. */
	private static final Set<Integer> ADMITTED_BY_JVM = Set.of(SIGHUP, SIGINT, SIGTERM);

	private static final int MAX_SIGNAL = 64;

	private static final int SIG_BLOCK = 0;

	private static final int SIG_SETMASK = 2;

	private static final long SIG_DFL = 0;

	private static final long SIG_IGN = 1;

	/**
	 * What a JVM has been sent becomes its end on other threads, which takes a moment.
	 */
	private static final long SETTLING_MILLIS = 10;

	/** {@code struct sigaction} has 152 bytes in glibc and musl; the handler is first. */
	private static final int ACTION_SIZE = 152;

	private final Kernel kernel;

	private final Libc libc;

	Signals(Kernel kernel) {
		this.kernel = kernel;
		this.libc = kernel.libc();
	}

	NativeMemory set(Set<Integer> signals) {
		long bits = 0;
		for (int signal : signals) {
			if (signal < 1 || signal > MAX_SIGNAL) {
				throw new IllegalArgumentException("Signals are 1 to 64, not " + signal);
			}
			bits |= 1L << (signal - 1);
		}
		NativeMemory set = this.kernel.allocate(SET_SIZE);
		set.putLong(0, bits);
		return set;
	}

	/**
	 * Prepare what keeps signals pending from {@code execve} on, until the new program
	 * takes them. What somebody else lets this process ignore ({@code nohup}) stays
	 * ignored: such a signal is not blocked, while one that is ignored by ourselves is.
	 */
	Deferral deferral(Set<Integer> signals) throws PosixException {
		NativeMemory mask = set(Set.of());
		this.kernel.call("signal mask", () -> this.libc.sigprocmask(SIG_BLOCK, mask, mask));
		long blocked = mask.getLong(0);
		Set<Integer> deferred = new HashSet<>(signals);
		Map<Integer, NativeMemory> toIgnore = new HashMap<>();
		for (int signal : signals) {
			NativeMemory action = this.kernel.allocate(ACTION_SIZE);
			this.kernel.call("signal " + signal, () -> this.libc.sigaction(signal, null, action));
			boolean ignored = action.getLong(0) == SIG_IGN;
			if (ignored && (blocked & 1L << (signal - 1)) == 0) {
				deferred.remove(signal);
			}
			else if (!ignored && ADMITTED_BY_JVM.contains(signal)) {
				toIgnore.put(signal, action);
			}
		}
		return new Deferral(set(deferred), toIgnore);
	}

	/**
	 * The mask with which the calling thread starts another program, and the signals to
	 * be ignored, with their actions until now.
	 */
	final class Deferral {

		private final NativeMemory mask;

		private final Map<Integer, NativeMemory> toIgnore;

		private final NativeMemory ownMask = set(Set.of());

		Deferral(NativeMemory mask, Map<Integer, NativeMemory> toIgnore) {
			this.mask = mask;
			this.toIgnore = toIgnore;
		}

		void begin() throws PosixException {
			// On Linux sigprocmask is about the calling thread alone, and unlike
			// pthread_sigmask it is in libc.so also before glibc 2.32.
			Signals.this.kernel.call("signal mask",
					() -> Signals.this.libc.sigprocmask(SIG_SETMASK, this.mask, this.ownMask));
			if (!this.toIgnore.isEmpty()) {
				// Such a signal ends this process, and must do so until the last instant,
				// without a JVM that takes its time about it.
				this.toIgnore.keySet().forEach((signal) -> Signals.this.libc.signal(signal, SIG_DFL));
				giveWayToShutdown();
			}
			// Not again for one that is ignored already: this would discard it where it
			// is pending. While the first thread blocks it, it stays pending although
			// ignored.
			this.toIgnore.keySet().forEach((signal) -> Signals.this.libc.signal(signal, SIG_IGN));
		}

		/** Does not return if this JVM has been told to end. */
		private void giveWayToShutdown() {
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
				// It has begun before, or between these lines.
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
			this.toIgnore.forEach((signal, action) -> Signals.this.libc.sigaction(signal, action, null));
			Signals.this.libc.sigprocmask(SIG_SETMASK, this.ownMask, this.mask);
		}

	}

}
