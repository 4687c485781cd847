package io.unicorn.boot.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A connection to a server on this machine.
 */
public final class HttpClientSocket implements AutoCloseable {

	private final Socket socket = new Socket();

	private final BufferedReader in;

	public HttpClientSocket(int port) throws IOException {
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
		this.socket.setSoTimeout(20_000);
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.ISO_8859_1));
	}

	public void timeout(int millis) throws IOException {
		this.socket.setSoTimeout(millis);
	}

	public void request(String path) throws IOException {
		this.socket.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Read the head and body of a response that has a length. */
	public Response response() throws IOException {
		String status = this.in.readLine();
		if (status == null) {
			throw new IOException("the connection was closed without a response");
		}
		boolean close = false;
		int length = 0;
		String line = this.in.readLine();
		while (line != null && !line.isEmpty()) {
			close |= line.equalsIgnoreCase("Connection: close");
			if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
				length = Integer.parseInt(line.substring(15).strip());
			}
			line = this.in.readLine();
		}
		StringBuilder body = new StringBuilder();
		for (int i = 0; i < length; i++) {
			body.append((char) this.in.read());
		}
		return new Response(status, close, body.toString());
	}

	public @Nullable String end() throws IOException {
		return this.in.readLine();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** A response of the server. */
	public record Response(String status, boolean close, String body) {

	}

}
