package io.unicorn.boot.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A kept-alive connection to a Unix socket.
 */
public final class UnixClient implements AutoCloseable {

	private final SocketChannel channel;

	public UnixClient(Path file) throws IOException {
		this.channel = SocketChannel.open(UnixDomainSocketAddress.of(file));
	}

	public static ServerSocketChannel listener(Path file) throws IOException {
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
	}

	/**
	 * Send a request, and return the response up to the end of a body that ends with an
	 * exclamation mark.
	 */
	public String get(String path) throws IOException {
		this.channel.write(ByteBuffer
			.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
		StringBuilder response = new StringBuilder();
		while (response.indexOf("!") < 0) {
			String piece = read();
			if (piece.isEmpty()) {
				throw new IOException("the response ended: " + response);
			}
			response.append(piece);
		}
		return response.toString();
	}

	/** Return what comes next, or nothing at the end of the connection. */
	public String read() throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(4096);
		this.channel.read(buffer);
		return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
	}

	public void hangUp() throws IOException {
		this.channel.close();
	}

	@Override
	public void close() throws IOException {
		hangUp();
	}

}
