package io.unicorn.boot.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

import org.jspecify.annotations.Nullable;

/**
 * The header of one connection while it is read. Never reads a byte beyond the header:
 * what follows is for the server. Not thread-safe.
 */
final class ProxyHeader {

	/** The length of the shortest header, of version 1. */
	private static final int SHORTEST = TextProxyHeader.SHORTEST;

	/** Holds every header but those with many extensions. */
	private static final int USUAL = 256;

	private final ProxyProtocol versions;

	/** Its limit is never beyond the end of the header. */
	private ByteBuffer bytes = ByteBuffer.allocate(USUAL).limit(SHORTEST);

	ProxyHeader(ProxyProtocol versions) {
		this.versions = versions;
	}

	/**
	 * Read what has arrived, and return whether the header is complete.
	 * @param connection a channel in non-blocking mode
	 * @throws ProxyHeaderException if this is no header
	 * @throws EOFException if the client has left without a byte
	 */
	boolean readFrom(ReadableByteChannel connection) throws IOException {
		while (true) {
			int count = connection.read(this.bytes);
			if (count < 0 && this.bytes.position() == 0) {
				throw new EOFException();
			}
			if (count < 0) {
				throw new ProxyHeaderException("ended within its PROXY header");
			}
			if (count == 0) {
				return false;
			}
			int length = length();
			if (length == this.bytes.position()) {
				return true;
			}
			expect(length);
		}
	}

	/** Return how many bytes the header has at least; all of them if it is complete. */
	private int length() throws ProxyHeaderException {
		if (this.versions.isBinary() && begins(BinaryProxyHeader.SIGNATURE)) {
			return (this.bytes.position() < BinaryProxyHeader.SIGNATURE.length) ? SHORTEST
					: BinaryProxyHeader.length(this.bytes);
		}
		if (this.versions.isText() && begins(TextProxyHeader.SIGNATURE)) {
			return TextProxyHeader.length(this.bytes);
		}
		throw new ProxyHeaderException("began without a PROXY header");
	}

	private boolean begins(byte[] signature) {
		for (int i = 0; i < Math.min(signature.length, this.bytes.position()); i++) {
			if (this.bytes.get(i) != signature[i]) {
				return false;
			}
		}
		return true;
	}

	private void expect(int length) {
		if (length > this.bytes.capacity()) {
			this.bytes = ByteBuffer.allocate(length).put(this.bytes.flip());
		}
		this.bytes.limit(length);
	}

	/**
	 * Return the addresses of a header that is complete, or {@code null} if those of the
	 * connection itself hold.
	 */
	@Nullable ProxyAddresses addresses() throws ProxyHeaderException {
		return (this.bytes.get(0) == TextProxyHeader.SIGNATURE[0]) ? TextProxyHeader.addresses(this.bytes)
				: BinaryProxyHeader.addresses(this.bytes);
	}

}
