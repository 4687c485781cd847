package io.unicorn.posix.libc;

import java.io.File;
import java.util.Set;

import io.unicorn.posix.OpenFiles;
import io.unicorn.posix.PosixException;

/**
 * Changes the descriptors of this process. Thread-safe. A thread that prepares
 * descriptors for another program and starts it holds the monitor of this object
 * meanwhile, so that two starts do not mix up what they pass on.
 */
public final class Descriptors {

	/** The lowest number of a descriptor that is passed on to workers. */
	public static final int FIRST = OpenFiles.FIRST_PASSED;

	private static final int F_GETFD = 1;

	private static final int F_SETFD = 2;

	private static final int F_GETFL = 3;

	private static final int F_SETFL = 4;

	private static final int F_DUPFD_CLOEXEC = 1030;

	private static final int FD_CLOEXEC = 1;

	private static final int O_NONBLOCK = 0x800;

	private final Kernel kernel;

	public Descriptors(Kernel kernel) {
		this.kernel = kernel;
	}

	/**
	 * Copy a descriptor to a number from {@link #FIRST} on, close-on-exec, and close the
	 * old number, also on failure.
	 * @return the new number
	 * @throws PosixException if it fails, which it does if the limit of open files is
	 * reached; the message says so
	 */
	public int moveUp(int fd) throws PosixException {
		try {
			return this.kernel.call("move descriptor " + fd,
					() -> this.kernel.libc().fcntl(fd, F_DUPFD_CLOEXEC, FIRST));
		}
		catch (PosixException ex) {
			if (ex.errno() == Errno.EINVAL || ex.errno() == Errno.EMFILE) {
				throw new PosixException("open a descriptor from number " + FIRST + " on", Errno.EMFILE,
						"the limit of open files is " + OpenFiles.limit() + " (ulimit -n)");
			}
			throw ex;
		}
		finally {
			close(fd);
		}
	}

	/**
	 * Set or clear {@code FD_CLOEXEC}.
	 */
	public void setCloseOnExec(int fd, boolean closeOnExec) throws PosixException {
		this.kernel.call("change descriptor " + fd,
				() -> this.kernel.libc().fcntl(fd, F_SETFD, closeOnExec ? FD_CLOEXEC : 0));
	}

	/**
	 * Return whether a descriptor is open.
	 */
	public boolean isOpen(int fd) {
		return this.kernel.repeat(() -> this.kernel.libc().fcntl(fd, F_GETFD, 0)) >= 0;
	}

	/**
	 * Clear or set {@code O_NONBLOCK}, which all processes that share the descriptor see.
	 */
	public void setBlocking(int fd, boolean blocking) throws PosixException {
		int flags = this.kernel.call("look at descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_GETFL, 0));
		int wanted = blocking ? (flags & ~O_NONBLOCK) : (flags | O_NONBLOCK);
		if (wanted != flags) {
			this.kernel.call("change descriptor " + fd, () -> this.kernel.libc().fcntl(fd, F_SETFL, wanted));
		}
	}

	/**
	 * Make all descriptors above 2 close-on-exec, except the given ones. The JVM opens
	 * most of its files without it.
	 */
	public void sweep(Set<Integer> except) throws PosixException {
		String[] names = new File("/proc/self/fd").list();
		if (names == null) {
			throw this.kernel.failure("list /proc/self/fd", Errno.ENOENT);
		}
		for (String name : names) {
			int fd = Integer.parseInt(name);
			if (fd > 2 && !except.contains(fd)) {
				// Fails for the descriptor by which the list was read, and for those that
				// another thread has closed meanwhile: none of them is inherited.
				this.kernel.repeat(() -> this.kernel.libc().fcntl(fd, F_SETFD, FD_CLOEXEC));
			}
		}
	}

	/**
	 * Close a descriptor; errors are ignored.
	 */
	public void close(int fd) {
		// Not repeated on EINTR: Linux has released the number by then, and another
		// thread may have got it.
		this.kernel.libc().close(fd);
	}

}
