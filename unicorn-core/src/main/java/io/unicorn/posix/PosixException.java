package io.unicorn.posix;

import java.io.IOException;

/**
 * Reports a failed call to the operating system with its error number.
 */
public class PosixException extends IOException {

	/** {@code errno} for a file that does not exist. */
	public static final int ENOENT = 2;

	/** {@code errno} for a descriptor that is not open. */
	public static final int EBADF = 9;

	/** {@code errno} for a connection whose other end is closed. */
	public static final int EPIPE = 32;

	/** {@code errno} for an address that is in use. */
	public static final int EADDRINUSE = 98;

	/** {@code errno} for an operation that needs a privilege. */
	public static final int EACCES = 13;

	private final int errno;

	/**
	 * Create an exception with the message {@code <call>: <text>}.
	 * @param call the call that failed, such as {@code bind 0.0.0.0:8080}
	 * @param errno the system's error number
	 * @param text the system's text for it
	 */
	public PosixException(String call, int errno, String text) {
		super(call + ": " + text);
		this.errno = errno;
	}

	/**
	 * Return the system's error number.
	 */
	public int errno() {
		return this.errno;
	}

}
