package io.unicorn.posix.socket;

import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Wakeup;

/**
 * Opens, adopts and polls control connections. Thread-safe. The methods are those of
 * {@link io.unicorn.posix.Posix}.
 */
public final class ControlSockets {

	private static final int AF_UNIX = 1;

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int SOL_SOCKET = 1;

	private static final int SO_TYPE = 3;

	private static final int SO_ACCEPTCONN = 30;

	private static final int SO_DOMAIN = 39;

	private final Kernel kernel;

	private final Descriptors descriptors;

	/**
	 * Create for this process.
	 */
	public ControlSockets(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.descriptors = descriptors;
	}

	public ControlPair pair() throws PosixException {
		int[] fds = new int[2];
		this.kernel.call("socketpair",
				() -> this.kernel.libc().socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
		for (int i = 0; i < fds.length; i++) {
			try {
				fds[i] = this.descriptors.moveUp(fds[i]);
			}
			catch (PosixException ex) {
				this.descriptors.close(fds[1 - i]);
				throw ex;
			}
		}
		try {
			this.descriptors.setBlocking(fds[0], false);
		}
		catch (PosixException ex) {
			this.descriptors.close(fds[0]);
			this.descriptors.close(fds[1]);
			throw ex;
		}
		return new ControlPair(open(fds[0]), fds[1]);
	}

	public ControlSocket inherited(int fd) throws PosixException {
		if (fd <= 2) {
			throw new IllegalArgumentException("Descriptor " + fd + " is a standard stream");
		}
		if (option(fd, SO_DOMAIN) != AF_UNIX || option(fd, SO_TYPE) != SOCK_STREAM || option(fd, SO_ACCEPTCONN) != 0) {
			throw this.kernel.failure("take over descriptor " + fd + ", which is not a control connection",
					Errno.EINVAL);
		}
		this.descriptors.setBlocking(fd, false);
		if (fd < Descriptors.FIRST) {
			return open(this.descriptors.moveUp(fd));
		}
		this.descriptors.setCloseOnExec(fd, true);
		return open(fd);
	}

	/**
	 * Create a poller, which the caller closes.
	 */
	public ControlPoller poller() throws PosixException {
		return new JnrControlPoller(this.kernel, new Wakeup(this.kernel, this.descriptors));
	}

	private int option(int fd, int option) throws PosixException {
		int[] value = new int[1];
		this.kernel.call("take over descriptor " + fd,
				() -> this.kernel.libc().getsockopt(fd, SOL_SOCKET, option, value, new int[] { Integer.BYTES }));
		return value[0];
	}

	private JnrControlSocket open(int fd) {
		return new JnrControlSocket(this.kernel, this.descriptors, fd);
	}

}
