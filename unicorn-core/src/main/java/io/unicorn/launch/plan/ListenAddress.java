package io.unicorn.launch.plan;

import java.net.InetAddress;
import java.net.UnknownHostException;

import io.unicorn.launch.settings.BindAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SocketFile;
import org.jspecify.annotations.Nullable;

/**
 * Describes an address on which the pool listens, as it is configured.
 *
 * @param name name of the listener, such as {@link LaunchPlan#HTTP}
 * @param bind the address, with an IP address as its host
 * @param options how the socket is opened
 */
public record ListenAddress(String name, BindAddress bind, Options options) {

	/**
	 * Says how a socket is opened that the pool opens itself.
	 *
	 * @param backlog the length of the backlog, at least 1
	 * @param reusePort whether other processes of the user may listen on the same port
	 * @param mode permissions of the file of a Unix socket
	 * @param owner its owner, see {@link SocketFile}
	 */
	public record Options(int backlog, boolean reusePort, int mode, String owner) {

		/** Permissions of the file of a Unix socket: for its owner and its group. */
		public static final int DEFAULT_MODE = 0660;

		/** Create for a socket with this backlog and nothing else. */
		public Options(int backlog) {
			this(backlog, false, DEFAULT_MODE, "");
		}

	}

	/**
	 * Create for a TCP port.
	 * @param host the IP address, or {@code null} for all addresses of the machine
	 * @param port the port, 0 to 65535; 0 lets the system choose one
	 * @param backlog the length of the backlog, at least 1
	 */
	public ListenAddress(String name, @Nullable String host, int port, int backlog) {
		this(name, new BindAddress.Tcp(host, port), new Options(backlog));
	}

	/**
	 * Return the configured port, or 0 if the system chooses one or there is none.
	 */
	public int port() {
		return (this.bind instanceof BindAddress.Tcp tcp) ? tcp.port() : 0;
	}

	/**
	 * Return the key of the socket: addresses with the same key share one socket. If the
	 * system chooses the port, the key has the name of the listener instead.
	 */
	public String key() {
		if (this.bind instanceof BindAddress.Tcp tcp) {
			return ((tcp.host() != null) ? tcp.host() : "*") + " " + ((tcp.port() != 0) ? tcp.port() : this.name);
		}
		return this.bind.toString();
	}

	/**
	 * Whether no two sockets can listen on this address and on another one at once,
	 * unless they share their port by {@link Options#reusePort}.
	 */
	public boolean overlaps(BindAddress other) {
		return (this.bind instanceof BindAddress.Tcp tcp && other instanceof BindAddress.Tcp otherTcp)
				? tcp.includes(otherTcp) || otherTcp.includes(tcp) : this.bind.equals(other);
	}

	/**
	 * Whether a key is that of a socket that another process has opened, and may go on to
	 * use: the socket's state is not ours to change.
	 */
	public static boolean isPassed(String key) {
		return key.startsWith("fd://");
	}

	/**
	 * Open the socket, or adopt it.
	 */
	public Listener open(Posix posix) throws PosixException {
		if (this.bind instanceof BindAddress.Tcp tcp) {
			return this.options.reusePort ? posix.listenShared(inetAddress(tcp), tcp.port(), this.options.backlog)
					: posix.listen(inetAddress(tcp), tcp.port(), this.options.backlog);
		}
		if (this.bind instanceof BindAddress.Unix unix) {
			return posix.listen(new SocketFile(unix.path(), this.options.mode, this.options.owner),
					this.options.backlog);
		}
		return posix.inherited(((BindAddress.Passed) this.bind).number());
	}

	private static @Nullable InetAddress inetAddress(BindAddress.Tcp tcp) {
		try {
			// An IP address, so no name is resolved.
			return (tcp.host() != null) ? InetAddress.getByName(tcp.host()) : null;
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("not an IP address: " + tcp.host(), ex);
		}
	}

}
