package io.unicorn.boot.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The addresses of proxies whose headers are believed. A peer at a Unix socket has no
 * address, and is believed: the file's permissions say who may connect.
 */
public final class TrustedPeers {

	private static final String ALL = "*";

	private static final Pattern BITS = Pattern.compile("0|[1-9][0-9]{0,2}");

	private final boolean all;

	private final List<Network> networks = new ArrayList<>();

	/**
	 * Create.
	 * @param allowed elements that are {@linkplain #isValid valid}
	 */
	TrustedPeers(List<String> allowed) {
		this.all = allowed.contains(ALL);
		for (String each : allowed) {
			Network network = Network.parse(each);
			if (network != null) {
				this.networks.add(network);
			}
			else if (!each.equals(ALL)) {
				throw new IllegalArgumentException("no address or network: " + each);
			}
		}
	}

	/**
	 * Whether a text is an IP address, a network such as {@code 10.0.0.0/8}, or {@code *}
	 * for all.
	 */
	public static boolean isValid(String text) {
		return text.equals(ALL) || Network.parse(text) != null;
	}

	boolean contains(@Nullable SocketAddress peer) {
		return this.all || !(peer instanceof InetSocketAddress internet)
				|| this.networks.stream().anyMatch((network) -> network.contains(internet.getAddress().getAddress()));
	}

	/** Addresses that begin with the same bits. */
	private record Network(List<Byte> address, int bits) {

		static @Nullable Network parse(String text) {
			int slash = text.indexOf('/');
			InetAddress address = IpAddress.parse((slash < 0) ? text : text.substring(0, slash));
			if (address == null) {
				return null;
			}
			List<Byte> bytes = new ArrayList<>();
			for (byte each : address.getAddress()) {
				bytes.add(each);
			}
			int most = Byte.SIZE * bytes.size();
			if (slash < 0) {
				return new Network(bytes, most);
			}
			String bits = text.substring(slash + 1);
			return (BITS.matcher(bits).matches() && Integer.parseInt(bits) <= most)
					? new Network(bytes, Integer.parseInt(bits)) : null;
		}

		boolean contains(byte[] other) {
			if (other.length != this.address.size()) {
				return false;
			}
			for (int bit = 0; bit < this.bits; bit++) {
				int mask = 0x80 >> (bit % Byte.SIZE);
				if (((this.address.get(bit / Byte.SIZE) ^ other[bit / Byte.SIZE]) & mask) != 0) {
					return false;
				}
			}
			return true;
		}

	}

}
