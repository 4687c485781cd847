package io.unicorn.posix;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * Describes an open listening socket of this process.
 *
 * @param fd its descriptor
 * @param address where it listens, with the port that the system chose: an
 * {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress}, whose path begins with
 * {@code @} if it is no file (an abstract address)
 */
public record Listener(int fd, SocketAddress address) {

	/** Whether it is a Unix socket. */
	public boolean isUnix() {
		return this.address instanceof UnixDomainSocketAddress;
	}

	/** Return the port, or 0 for a Unix socket. */
	public int port() {
		return (this.address instanceof InetSocketAddress internet) ? internet.getPort() : 0;
	}

}
