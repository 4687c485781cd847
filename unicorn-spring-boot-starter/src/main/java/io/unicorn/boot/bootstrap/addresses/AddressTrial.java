package io.unicorn.boot.bootstrap.addresses;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a pool could listen on an address, without listening there: no client is
 * connected, and no file is made. An address in use is no failure, because the pool that
 * is to be replaced may be what uses it; nor is a missing privilege, which the service
 * may have and this process not.
 */
public final class AddressTrial {

	private static final Path UNPRIVILEGED = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

	private AddressTrial() {
	}

	/**
	 * Try an address.
	 * @return what is to be known about it, as the rest of a line, or an empty text
	 * @throws WebAddresses.ListenFailedException if a start by this user, on this
	 * machine, would be refused
	 */
	public static String of(ListenAddress address) {
		if (address.bind() instanceof BindAddress.Tcp tcp) {
			return of(address, tcp);
		}
		if (address.bind() instanceof BindAddress.Unix unix) {
			UnixSocketPlace.check(address.name(), unix, address.options().owner());
			return ListeningSockets.hasPath(unix.path()) ? ", in use now" : "";
		}
		return ", which only the start can see";
	}

	private static String of(ListenAddress address, BindAddress.Tcp tcp) {
		IOException unknown = bind(tcp.host(), 0);
		if (unknown != null) {
			throw AddressFailure.of(address.name(), tcp, String.valueOf(unknown.getMessage()), unknown);
		}
		if (tcp.port() == 0 || bind(tcp.host(), tcp.port()) == null) {
			return "";
		}
		return (tcp.port() < firstUnprivileged() && !ListeningSockets.hasPort(tcp.port()))
				? ", which needs a privilege that this process does not have" : ", in use now";
	}

	/** A socket that is bound and does not listen is in the way of no client. */
	private static @Nullable IOException bind(@Nullable String host, int port) {
		try {
			InetAddress address = (host != null) ? InetAddress.getByName(host) : null;
			try (SocketChannel channel = (address instanceof Inet4Address)
					? SocketChannel.open(StandardProtocolFamily.INET) : SocketChannel.open()) {
				channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
				channel.bind((address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port));
				return null;
			}
		}
		catch (IOException ex) {
			return ex;
		}
	}

	private static int firstUnprivileged() {
		try {
			return Integer.parseInt(Files.readString(UNPRIVILEGED).strip());
		}
		catch (IOException | NumberFormatException ex) {
			return 1024;
		}
	}

}
