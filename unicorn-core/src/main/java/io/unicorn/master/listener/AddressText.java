package io.unicorn.master.listener;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Formats socket addresses as they are written in URLs.
 */
public final class AddressText {

	private AddressText() {
	}

	public static String of(InetSocketAddress address) {
		String host = address.getAddress().isAnyLocalAddress() && address.getAddress() instanceof Inet6Address ? "[::]"
				: (address.getAddress() instanceof Inet6Address) ? "[" + address.getAddress().getHostAddress() + "]"
						: address.getAddress().getHostAddress();
		return host + ":" + address.getPort();
	}

}
