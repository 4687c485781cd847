package io.unicorn.posix;

import java.io.IOException;

/**
 * A call to the operating system failed.
 */
public class PosixException extends IOException {

	/** {@code errno} for an address that is in use. */
	public static final int EADDRINUSE = 98;

	/** {@code errno} for an operation that needs a privilege. */
	public static final int EACCES = 13;

	private final int errno;

	/**
	 * Create an exception whose message reads {@code call: text of errno}.
	 * @param call what was tried, such as {@code bind 0.0.0.0:8080}
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
