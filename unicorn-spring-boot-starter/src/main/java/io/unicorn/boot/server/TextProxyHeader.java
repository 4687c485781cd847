package io.unicorn.boot.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Version 1 of the header: a line such as {@code PROXY TCP4 192.0.2.1 192.0.2.9 56324 80}
 * that ends with CR and LF.
 */
final class TextProxyHeader {

	static final byte[] SIGNATURE = "PROXY ".getBytes(StandardCharsets.US_ASCII);

	/** The length of {@code PROXY UNKNOWN} with the end of the line. */
	static final int SHORTEST = 15;

	/** The length of {@code PROXY TCP6 :: :: 0 0} with the end of the line. */
	private static final int SHORTEST_TCP6 = 22;

	/** The length of {@code PROXY TCP4 0.0.0.0 0.0.0.0 0 0} with the end of the line. */
	private static final int SHORTEST_TCP4 = 32;

	/** As the protocol says, with the end of the line. */
	private static final int LONGEST = 107;

	private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

	private static final int MOST_PORT = 65_535;

	private TextProxyHeader() {
	}

	/**
	 * Return how many bytes the header has at least. As its length is not told, it is
	 * read to the shortest length of its kind, and then byte by byte.
	 * @param bytes what was read, up to the position
	 */
	static int length(ByteBuffer bytes) throws ProxyHeaderException {
		int read = bytes.position();
		for (int i = 0; i < read; i++) {
			if (bytes.get(i) != '\n') {
				continue;
			}
			if (i == read - 1 && read >= SHORTEST && bytes.get(i - 1) == '\r') {
				return read;
			}
			throw malformed();
		}
		if (read >= LONGEST) {
			throw new ProxyHeaderException("has a PROXY header that is too long");
		}
		return Math.max(read + 1, shortest(bytes));
	}

	private static int shortest(ByteBuffer bytes) {
		if (bytes.position() < SHORTEST) {
			return SHORTEST;
		}
		return switch (text(bytes, SHORTEST).substring(0, 11)) {
			case "PROXY TCP4 " -> SHORTEST_TCP4;
			case "PROXY TCP6 " -> SHORTEST_TCP6;
			default -> SHORTEST;
		};
	}

	private static String text(ByteBuffer bytes, int length) {
		byte[] copy = new byte[length];
		bytes.get(0, copy);
		return new String(copy, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Return the addresses of a complete header, or {@code null} if they are unknown.
	 */
	static @Nullable ProxyAddresses addresses(ByteBuffer bytes) throws ProxyHeaderException {
		String[] words = text(bytes, bytes.position() - 2).split(" ", -1);
		if (words[1].equals("UNKNOWN")) {
			return null;
		}
		boolean four = words[1].equals("TCP4");
		if (words.length != 6 || !(four || words[1].equals("TCP6"))) {
			throw malformed();
		}
		return new ProxyAddresses(end(words[2], words[4], four), end(words[3], words[5], four));
	}

	private static InetSocketAddress end(String host, String port, boolean four) throws ProxyHeaderException {
		InetAddress address = IpAddress.parse(host);
		if (address == null || four == host.contains(":") || !PORT.matcher(port).matches()
				|| Integer.parseInt(port) > MOST_PORT) {
			throw malformed();
		}
		return new InetSocketAddress(address, Integer.parseInt(port));
	}

	private static ProxyHeaderException malformed() {
		return new ProxyHeaderException("has a malformed PROXY header of version 1");
	}

}
