package io.unicorn.posix.libc;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

import io.unicorn.posix.PosixException;

/**
 * Calls the C library, throws exceptions in place of {@code errno}, and repeats
 * interrupted calls. Thread-safe; the error number is that of the calling thread.
 */
public final class Kernel {

	private final Libc libc;

	private Kernel(Libc libc) {
		this.libc = libc;
	}

	/**
	 * Load the C library.
	 * @throws UnsatisfiedLinkError if there is no native library of jffi for this system
	 */
	public static Kernel load() {
		return new Kernel(new Libc());
	}

	/**
	 * Return the functions, for calls whose failure the caller handles.
	 */
	public Libc libc() {
		return this.libc;
	}

	/**
	 * Make a call that reports failure by a negative result, and repeat it if a signal
	 * interrupts it.
	 * @param what the name of the call in the message of the exception
	 * @return the result, not negative
	 */
	public int call(String what, IntSupplier call) throws PosixException {
		int result = repeat(call);
		if (result < 0) {
			throw failure(what, errno());
		}
		return result;
	}

	/**
	 * Make a call that reports failure by a negative result, and repeat it if a signal
	 * interrupts it.
	 * @return the result; if it is negative, {@link #errno} returns the reason
	 */
	public int repeat(IntSupplier call) {
		return (int) repeatLong(call::getAsInt);
	}

	/**
	 * Make a call with a {@code long} result as {@link #repeat} does.
	 */
	public long repeatLong(LongSupplier call) {
		long result;
		do {
			result = call.getAsLong();
		}
		while (result < 0 && errno() == Errno.EINTR);
		return result;
	}

	/**
	 * Throw an exception for a call that returns its error number, unless that is 0.
	 * @param what the name of the call in the message of the exception
	 * @param error the result of the call
	 */
	public void check(String what, int error) throws PosixException {
		if (error != 0) {
			throw failure(what, error);
		}
	}

	/**
	 * Return the error number of this thread's last call.
	 */
	public int errno() {
		return this.libc.errno();
	}

	/**
	 * Create an exception with the system's text for an error number.
	 * @param what the name of the call in the message
	 */
	public PosixException failure(String what, int errno) {
		return new PosixException(what, errno, this.libc.strerror(errno));
	}

}
