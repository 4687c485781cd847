package io.unicorn.master.listener;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * Formats socket addresses as they are written in URLs and in {@code unicorn.bind}.
 */
public final class AddressText {

	private AddressText() {
	}

	public static String of(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress unix) {
			return "unix:" + unix.getPath();
		}
		return (address instanceof InetSocketAddress internet) ? of(internet) : address.toString();
	}

	private static String of(InetSocketAddress address) {
		String host = address.getAddress().isAnyLocalAddress() && address.getAddress() instanceof Inet6Address ? "[::]"
				: (address.getAddress() instanceof Inet6Address) ? "[" + address.getAddress().getHostAddress() + "]"
						: address.getAddress().getHostAddress();
		return host + ":" + address.getPort();
	}

}
