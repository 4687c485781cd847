package io.unicorn.posix;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * Opens and adopts listening sockets.
 */
final class Listeners {

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int SOL_SOCKET = 1;

	private static final int SO_REUSEADDR = 2;

	private static final int SO_ACCEPTCONN = 30;

	private static final int IPPROTO_IPV6 = 41;

	private static final int IPV6_V6ONLY = 26;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	Listeners(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
	}

	Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		if (address != null || Boolean.getBoolean("java.net.preferIPv4Stack")) {
			return open((address != null) ? address : any(4), port, backlog);
		}
		try {
			return open(any(16), port, backlog);
		}
		catch (PosixException ex) {
			if (lacksIpv6(ex)) {
				return open(any(4), port, backlog);
			}
			throw ex;
		}
	}

	private static boolean lacksIpv6(PosixException ex) {
		return ex.errno() == Errno.EAFNOSUPPORT || ex.errno() == Errno.EADDRNOTAVAIL;
	}

	private static void check(int port, int backlog) {
		if (port < 0 || port > 0xffff) {
			throw new IllegalArgumentException("Port must be 0 to 65535, not " + port);
		}
		if (backlog < 1) {
			throw new IllegalArgumentException("Backlog must be at least 1, not " + backlog);
		}
	}

	int socket(@Nullable InetAddress address) throws PosixException {
		if (address != null || Boolean.getBoolean("java.net.preferIPv4Stack")) {
			return socket("socket", SocketAddresses.family((address != null) ? address : any(4)));
		}
		try {
			return socket("socket", SocketAddresses.AF_INET6);
		}
		catch (PosixException ex) {
			if (lacksIpv6(ex)) {
				return socket("socket", SocketAddresses.AF_INET);
			}
			throw ex;
		}
	}

	/** All addresses of the machine are those of the socket's own family. */
	Listener listen(int socket, @Nullable InetAddress address, int port, int backlog) throws PosixException {
		check(port, backlog);
		return bind(socket, (address != null) ? address : address("socket", socket).getAddress(), port, backlog);
	}

	Listener inherited(int fd) throws PosixException {
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
		InetSocketAddress address = address(what, fd);
		this.descriptors.setBlocking(fd, true);
		if (fd < Descriptors.FIRST) {
			return new Listener(this.descriptors.moveUp(fd), address);
		}
		this.descriptors.setCloseOnExec(fd, true);
		return new Listener(fd, address);
	}

	private Listener open(InetAddress address, int port, int backlog) throws PosixException {
		check(port, backlog);
		int fd = socket("socket for " + describe(address, port), SocketAddresses.family(address));
		try {
			return bind(fd, address, port, backlog);
		}
		catch (PosixException | RuntimeException ex) {
			this.descriptors.close(fd);
			throw ex;
		}
	}

	private int socket(String what, int family) throws PosixException {
		int fd = this.descriptors
			.moveUp(this.kernel.call(what, () -> this.libc.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)));
		try {
			setOption(what, fd, SOL_SOCKET, SO_REUSEADDR, 1);
			if (family == SocketAddresses.AF_INET6) {
				// The default is the administrator's (net.ipv6.bindv6only).
				setOption(what, fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
			}
			return fd;
		}
		catch (PosixException | RuntimeException ex) {
			this.descriptors.close(fd);
			throw ex;
		}
	}

	private Listener bind(int fd, InetAddress address, int port, int backlog) throws PosixException {
		String where = describe(address, port);
		byte[] struct = SocketAddresses.encode(address, port);
		this.kernel.call("bind " + where, () -> this.libc.bind(fd, struct, struct.length));
		this.kernel.call("listen " + where, () -> this.libc.listen(fd, backlog));
		return new Listener(fd, address("address of " + where, fd));
	}

	private void setOption(String what, int fd, int level, int option, int value) throws PosixException {
		this.kernel.call("option of " + what,
				() -> this.libc.setsockopt(fd, level, option, new int[] { value }, Integer.BYTES));
	}

	private InetSocketAddress address(String what, int fd) throws PosixException {
		byte[] struct = new byte[SocketAddresses.MAX_SIZE];
		this.kernel.call(what, () -> this.libc.getsockname(fd, struct, new int[] { struct.length }));
		InetSocketAddress address = SocketAddresses.decode(struct);
		if (address == null) {
			throw this.kernel.failure(what + ", which is not a TCP socket", Errno.EAFNOSUPPORT);
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
