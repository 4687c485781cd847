package io.unicorn.posix;

import java.io.File;
import java.util.Set;

/**
 * The descriptors of this process. Thread-safe; its monitor is held while descriptors are
 * prepared for another program and that program is started, so that two starts do not mix
 * up what they pass on.
 */
final class Descriptors {

	/**
	 * What we pass on to workers is kept at this number or above, so that a descriptor
	 * that a child is to get as 3, 4, ... never overwrites one that is still to be
	 * passed.
	 */
	static final int FIRST = 100;

	private static final int F_GETFD = 1;

	private static final int F_SETFD = 2;

	private static final int F_GETFL = 3;

	private static final int F_SETFL = 4;

	private static final int F_SETOWN = 8;

	private static final int F_SETSIG = 10;

	private static final int F_DUPFD_CLOEXEC = 1030;

	private static final int FD_CLOEXEC = 1;

	private static final int O_NONBLOCK = 0x800;

	private static final int O_ASYNC = 0x2000;

	private final Kernel kernel;

	Descriptors(Kernel kernel) {
		this.kernel = kernel;
	}

	/**
	 * Move a descriptor to a number from {@link #FIRST} on, close-on-exec. The old number
	 * is closed in any case.
	 */
	int moveUp(int fd) throws PosixException {
		try {
			return this.kernel.call("move descriptor " + fd,
					() -> this.kernel.libc().fcntl(fd, F_DUPFD_CLOEXEC, FIRST));
		}
		finally {
			close(fd);
		}
	}

	void setCloseOnExec(int fd, boolean closeOnExec) throws PosixException {
		this.kernel.call("change descriptor " + fd,
				() -> this.kernel.libc().fcntl(fd, F_SETFD, closeOnExec ? FD_CLOEXEC : 0));
	}

	boolean isOpen(int fd) {
		return this.kernel.repeat(() -> this.kernel.libc().fcntl(fd, F_GETFD, 0)) >= 0;
	}

	void setBlocking(int fd, boolean blocking) throws PosixException {
		int flags = this.kernel.call("look at descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_GETFL, 0));
		int wanted = blocking ? (flags & ~O_NONBLOCK) : (flags | O_NONBLOCK);
		if (wanted != flags) {
			this.kernel.call("change descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_SETFL, wanted));
		}
	}

	/**
	 * Have a process sent a signal as soon as something happens at a descriptor.
	 */
	void signal(int fd, int pid, int signal) throws PosixException {
		this.kernel.call("ask for signals of descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_SETSIG, signal));
		this.kernel.call("ask for signals of descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_SETOWN, pid));
		this.kernel.call("ask for signals of descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_SETFL, O_ASYNC));
	}

	/**
	 * Make all descriptors above 2 close-on-exec, except the given ones: of what the JVM
	 * opens next to nothing is.
	 */
	void sweep(Set<Integer> except) throws PosixException {
		String[] names = new File("/proc/self/fd").list();
		if (names == null) {
			throw this.kernel.failure("list /proc/self/fd", Errno.ENOENT);
		}
		for (String name : names) {
			int fd = Integer.parseInt(name);
			if (fd > 2 && !except.contains(fd)) {
				// Fails for the one that was open to read the list, and for whatever
				// another thread has closed meanwhile: as good as swept.
				this.kernel.repeat(() -> this.kernel.libc().fcntl(fd, F_SETFD, FD_CLOEXEC));
			}
		}
	}

	void close(int fd) {
		// Not repeated on EINTR: Linux has released the number by then, and it may
		// already belong to another thread.
		this.kernel.libc().close(fd);
	}

}
