package io.unicorn.posix.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * Converts Internet addresses from and to {@code struct sockaddr_in} and
 * {@code sockaddr_in6}, which have the same layout on all processors that Linux supports.
 */
final class SocketAddresses {

	static final int AF_INET = 2;

	static final int AF_INET6 = 10;

	/** Size of the larger one. */
	static final int MAX_SIZE = 28;

	private static final int IPV4_SIZE = 16;

	private static final int IPV6_SIZE = 28;

	private SocketAddresses() {
	}

	static int family(InetAddress address) {
		return (address instanceof Inet6Address) ? AF_INET6 : AF_INET;
	}

	static byte[] encode(InetAddress address, int port) {
		ByteBuffer struct;
		if (address instanceof Inet6Address ipv6) {
			struct = ByteBuffer.allocate(IPV6_SIZE).order(ByteOrder.nativeOrder());
			struct.position(8);
			struct.put(ipv6.getAddress());
			struct.putInt(ipv6.getScopeId());
		}
		else {
			struct = ByteBuffer.allocate(IPV4_SIZE).order(ByteOrder.nativeOrder());
			struct.position(4);
			struct.put(address.getAddress());
		}
		struct.putShort(0, (short) family(address));
		struct.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) port);
		return struct.array();
	}

	/**
	 * Return the address in a struct, or null if it is of another family.
	 */
	static @Nullable InetSocketAddress decode(byte[] bytes) {
		ByteBuffer struct = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		int family = struct.getShort(0);
		if (family != AF_INET && family != AF_INET6) {
			return null;
		}
		byte[] address = new byte[(family == AF_INET6) ? 16 : 4];
		struct.get((family == AF_INET6) ? 8 : 4, address);
		int scope = (family == AF_INET6) ? struct.getInt(24) : 0;
		int port = Short.toUnsignedInt(struct.order(ByteOrder.BIG_ENDIAN).getShort(2));
		try {
			InetAddress inet = (scope != 0) ? Inet6Address.getByAddress(null, address, scope)
					: InetAddress.getByAddress(address);
			return new InetSocketAddress(inet, port);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
