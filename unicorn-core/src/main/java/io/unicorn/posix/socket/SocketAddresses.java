package io.unicorn.posix.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.unicorn.posix.Command;
import io.unicorn.posix.SocketFile;
import org.jspecify.annotations.Nullable;

/**
 * Converts addresses from and to {@code struct sockaddr_in}, {@code sockaddr_in6} and
 * {@code sockaddr_un}, which have the same layout on all processors that Linux supports.
 */
final class SocketAddresses {

	static final int AF_UNIX = 1;

	static final int AF_INET = 2;

	static final int AF_INET6 = 10;

	/** Size of the largest one, {@code sockaddr_un}. */
	static final int MAX_SIZE = 110;

	private static final int PATH = 2;

	private static final int IPV4_SIZE = 16;

	private static final int IPV6_SIZE = 28;

	private SocketAddresses() {
	}

	/**
	 * Return the path, or an abstract name with each 0 shown as @, as the kernel does.
	 */
	private static String path(byte[] bytes, int size) {
		String name = new String(bytes, PATH, Math.max(0, size - PATH), StandardCharsets.ISO_8859_1);
		boolean isAbstract = name.startsWith("\0");
		int end = isAbstract ? -1 : name.indexOf(0);
		return ((end >= 0) ? name.substring(0, end) : name).replace('\0', '@');
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

	static byte[] encode(Path path) {
		byte[] name = Command.bytes(path).getBytes(StandardCharsets.ISO_8859_1);
		if (name.length > SocketFile.MOST_BYTES) {
			throw new IllegalArgumentException("A path has at most " + SocketFile.MOST_BYTES + " bytes: " + path);
		}
		ByteBuffer struct = ByteBuffer.allocate(PATH + name.length + 1).order(ByteOrder.nativeOrder());
		struct.putShort((short) AF_UNIX).put(name);
		return struct.array();
	}

	/**
	 * Return the address in a struct, or null if it is of another family.
	 * @param size how many of the bytes the kernel has written
	 */
	static @Nullable SocketAddress decode(byte[] bytes, int size) {
		ByteBuffer struct = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		int family = struct.getShort(0);
		if (family == AF_UNIX) {
			return UnixDomainSocketAddress.of(Command.text(path(bytes, Math.min(size, bytes.length))));
		}
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
