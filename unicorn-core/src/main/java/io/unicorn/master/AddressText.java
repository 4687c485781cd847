package io.unicorn.master;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Socket addresses as they are written in URLs.
 */
final class AddressText {

	private AddressText() {
	}

	static String of(InetSocketAddress address) {
		String host = address.getAddress().isAnyLocalAddress() && address.getAddress() instanceof Inet6Address ? "[::]"
				: (address.getAddress() instanceof Inet6Address) ? "[" + address.getAddress().getHostAddress() + "]"
						: address.getAddress().getHostAddress();
		return host + ":" + address.getPort();
	}

}
