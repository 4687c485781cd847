package io.unicorn.posix;

/**
 * Error numbers of Linux, equal on x86-64 and AArch64.
 */
final class Errno {

	static final int ENOENT = 2;

	static final int EINTR = 4;

	static final int EBADF = 9;

	static final int ECHILD = 10;

	static final int EAGAIN = 11;

	static final int EINVAL = 22;

	static final int EAFNOSUPPORT = 97;

	static final int EADDRNOTAVAIL = 99;

	private Errno() {
	}

}
