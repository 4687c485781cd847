package io.unicorn.posix.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Set;

import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import org.jspecify.annotations.Nullable;

/**
 * Opens and adopts listening sockets. Thread-safe. The methods are those of
 * {@link io.unicorn.posix.Posix}.
 */
public final class Listeners {

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int SOL_SOCKET = 1;

	private static final int SO_REUSEADDR = 2;

	private static final int SO_REUSEPORT = 15;

	private static final int SO_ACCEPTCONN = 30;

	private static final int IPPROTO_IPV6 = 41;

	private static final int IPV6_V6ONLY = 26;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	/**
	 * Create for this process.
	 */
	public Listeners(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
	}

	public Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		return listen(address, port, backlog, Set.of(SO_REUSEADDR));
	}

	public Listener listenShared(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		return listen(address, port, backlog, Set.of(SO_REUSEADDR, SO_REUSEPORT));
	}

	private Listener listen(@Nullable InetAddress address, int port, int backlog, Set<Integer> options)
			throws PosixException {
		if (port < 0 || port > 0xffff) {
			throw new IllegalArgumentException("Port must be 0 to 65535, not " + port);
		}
		if (backlog < 1) {
			throw new IllegalArgumentException("Backlog must be at least 1, not " + backlog);
		}
		if (address != null) {
			return open(address, port, backlog, options);
		}
		if (Boolean.getBoolean("java.net.preferIPv4Stack")) {
			return open(any(4), port, backlog, options);
		}
		try {
			return open(any(16), port, backlog, options);
		}
		catch (PosixException ex) {
			if (ex.errno() == Errno.EAFNOSUPPORT || ex.errno() == Errno.EADDRNOTAVAIL) {
				return open(any(4), port, backlog, options);
			}
			throw ex;
		}
	}

	public Listener inherited(int fd) throws PosixException {
		if (fd <= 2) {
			throw new IllegalArgumentException("Descriptor " + fd + " is a standard stream");
		}
		String what = "take over descriptor " + fd;
		int[] listening = new int[1];
		this.kernel.call(what,
				() -> this.libc.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, listening, new int[] { Integer.BYTES }));
		if (listening[0] == 0) {
			throw this.kernel.failure(what + ", which is not a listening socket", Errno.EINVAL);
		}
		SocketAddress address = address(what, fd);
		this.descriptors.setBlocking(fd, true);
		if (fd < Descriptors.FIRST) {
			return new Listener(this.descriptors.moveUp(fd), address);
		}
		this.descriptors.setCloseOnExec(fd, true);
		return new Listener(fd, address);
	}

	private Listener open(InetAddress address, int port, int backlog, Set<Integer> options) throws PosixException {
		String where = describe(address, port);
		int family = SocketAddresses.family(address);
		int fd = this.descriptors.moveUp(
				this.kernel.call("socket for " + where, () -> this.libc.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)));
		try {
			for (int option : options) {
				setOption(where, fd, SOL_SOCKET, option, 1);
			}
			if (family == SocketAddresses.AF_INET6) {
				// The administrator may have changed the default
				// (net.ipv6.bindv6only).
				setOption(where, fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
			}
			byte[] struct = SocketAddresses.encode(address, port);
			this.kernel.call("bind " + where, () -> this.libc.bind(fd, struct, struct.length));
			this.kernel.call("listen " + where, () -> this.libc.listen(fd, backlog));
			return new Listener(fd, address("address of " + where, fd));
		}
		catch (PosixException | RuntimeException ex) {
			this.descriptors.close(fd);
			throw ex;
		}
	}

	private void setOption(String where, int fd, int level, int option, int value) throws PosixException {
		this.kernel.call("socket option for " + where,
				() -> this.libc.setsockopt(fd, level, option, new int[] { value }, Integer.BYTES));
	}

	private SocketAddress address(String what, int fd) throws PosixException {
		byte[] struct = new byte[SocketAddresses.MAX_SIZE];
		int[] size = { struct.length };
		this.kernel.call(what, () -> this.libc.getsockname(fd, struct, size));
		SocketAddress address = SocketAddresses.decode(struct, size[0]);
		if (address == null) {
			throw this.kernel.failure(what + ", which is neither a TCP nor a Unix socket", Errno.EAFNOSUPPORT);
		}
		return address;
	}

	private static InetAddress any(int bytes) {
		try {
			return InetAddress.getByAddress(new byte[bytes]);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String describe(InetAddress address, int port) {
		String host = address.getHostAddress();
		return ((address instanceof Inet6Address) ? "[" + host + "]" : host) + ":" + port;
	}

}
