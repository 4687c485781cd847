package io.unicorn.posix.libc;

/**
 * Lists the error numbers of Linux that the calls here handle. They are equal on x86-64
 * and AArch64.
 */
public final class Errno {

	public static final int ENOENT = 2;

	static final int EINTR = 4;

	public static final int EBADF = 9;

	public static final int ECHILD = 10;

	public static final int EAGAIN = 11;

	public static final int EINVAL = 22;

	public static final int EMFILE = 24;

	public static final int EAFNOSUPPORT = 97;

	public static final int EADDRNOTAVAIL = 99;

	private Errno() {
	}

}
