package io.unicorn.boot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NetworkChannel;

/**
 * Tells Unix sockets from those of TCP, and says what applications, which expect
 * addresses of the network, see of their connections.
 */
public final class UnixSocket {

	/** Both ends are this machine, and there is no port. */
	public static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private UnixSocket() {
	}

	/**
	 * Whether a channel is a Unix socket; not if it is closed.
	 */
	public static boolean is(NetworkChannel channel) {
		try {
			return channel.getLocalAddress() instanceof UnixDomainSocketAddress;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
