package io.unicorn.boot.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Version 2 of the header: a signature of 12 bytes; version and command; family and
 * transport; the length of the rest, which are the addresses and then extensions. The
 * extensions are skipped.
 */
final class BinaryProxyHeader {

	static final byte[] SIGNATURE = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

	/** The length of what every header has. */
	private static final int FIXED = 16;

	/** Far more than proxies send, so that a connection cannot fill the memory. */
	private static final int LONGEST = 4096;

	private static final int VERSION = 2;

	/** The command of a connection of the proxy's own, such as a health check. */
	private static final int LOCAL = 0;

	private static final int PROXY = 1;

	/** Families with their transport, and the lengths of both addresses. */
	private static final int TCP4 = 0x11;

	private static final int TCP6 = 0x21;

	private static final int[] LENGTHS_OF_FAMILIES = { 0, 12, 36, 216 };

	private static final int TRANSPORTS = 3;

	private BinaryProxyHeader() {
	}

	/**
	 * Return how many bytes the header has at least, or exactly when its length was read.
	 * @param bytes what was read, up to the position: the signature at least
	 */
	static int length(ByteBuffer bytes) throws ProxyHeaderException {
		if (bytes.position() < FIXED) {
			return FIXED;
		}
		int rest = Short.toUnsignedInt(bytes.getShort(FIXED - 2));
		int command = bytes.get(12) & 0xf;
		if ((bytes.get(12) & 0xf0) >> 4 != VERSION || command > PROXY) {
			throw malformed();
		}
		// What the header of a proxy's own connection says beside that is to be ignored.
		if (command == PROXY && !isAllowed(bytes.get(13) & 0xff, rest)) {
			throw malformed();
		}
		if (FIXED + rest > LONGEST) {
			throw new ProxyHeaderException("has a PROXY header that is too long");
		}
		return FIXED + rest;
	}

	private static boolean isAllowed(int kind, int rest) {
		int family = kind >> 4;
		return family < LENGTHS_OF_FAMILIES.length && (kind & 0xf) < TRANSPORTS && rest >= LENGTHS_OF_FAMILIES[family];
	}

	/**
	 * Return the addresses of a complete header, or {@code null} if it has none of TCP:
	 * those of the connection hold.
	 */
	static @Nullable ProxyAddresses addresses(ByteBuffer bytes) {
		int kind = bytes.get(13) & 0xff;
		if ((bytes.get(12) & 0xf) == LOCAL || (kind != TCP4 && kind != TCP6)) {
			return null;
		}
		int length = (kind == TCP4) ? 4 : 16;
		int ports = FIXED + 2 * length;
		return new ProxyAddresses(end(bytes, FIXED, length, ports), end(bytes, FIXED + length, length, ports + 2));
	}

	private static InetSocketAddress end(ByteBuffer bytes, int at, int length, int port) {
		byte[] address = new byte[length];
		bytes.get(at, address);
		try {
			return new InetSocketAddress(InetAddress.getByAddress(address), Short.toUnsignedInt(bytes.getShort(port)));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("not the length of an address: " + length, ex);
		}
	}

	private static ProxyHeaderException malformed() {
		return new ProxyHeaderException("has a malformed PROXY header of version 2");
	}

}
