package io.unicorn.sample.testsupport.http;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that sends exactly the bytes of a test, with or without TLS.
 */
public final class RawConnection implements Closeable {

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private final ResponseReader responses;

	/**
	 * Connect.
	 * @param tls makes sockets for TLS, or {@code null} for none
	 * @param protocol the application protocol that TLS negotiates
	 */
	public RawConnection(int port, @Nullable SSLSocketFactory tls, String protocol) throws IOException {
		InetAddress address = InetAddress.getLoopbackAddress();
		this.socket = (tls != null) ? tls.createSocket(address, port) : new Socket(address, port);
		this.socket.setSoTimeout((int) RunningPool.PATIENCE.toMillis());
		this.socket.setTcpNoDelay(true);
		if (this.socket instanceof SSLSocket secure) {
			SSLParameters parameters = secure.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { protocol });
			secure.setSSLParameters(parameters);
			secure.startHandshake();
		}
		this.in = this.socket.getInputStream();
		this.out = this.socket.getOutputStream();
		this.responses = new ResponseReader(this.in);
	}

	public RawConnection send(byte[] bytes) throws IOException {
		this.out.write(bytes);
		this.out.flush();
		return this;
	}

	public RawConnection send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Send a GET request without {@code Connection: close}. */
	public RawConnection get(String path, String... headers) throws IOException {
		String more = (headers.length == 0) ? "" : String.join("\r\n", headers) + "\r\n";
		return send("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, more));
	}

	/** Read a complete response. */
	public Response response() throws IOException {
		return this.responses.read();
	}

	/** Read the head of a response and nothing after it. */
	public String head() throws IOException {
		return until("\r\n\r\n");
	}

	/** Read all bytes up to the end of a text and none after it. */
	public String until(String end) throws IOException {
		StringBuilder read = new StringBuilder();
		while (read.indexOf(end) < 0) {
			int next = this.in.read();
			if (next < 0) {
				throw new IOException("the connection ended after '" + read + "'");
			}
			read.append((char) next);
		}
		return read.toString();
	}

	/**
	 * Whether the connection ends here, in order; a reset is an exception.
	 */
	public boolean hasEnded() throws IOException {
		return !this.responses.hasUnread() && this.in.read() < 0;
	}

	private boolean isSecure() {
		return this.socket instanceof SSLSocket;
	}

	DataInputStream input() {
		return new DataInputStream(this.in);
	}

	public Http2Client http2() throws IOException {
		return new Http2Client(this.in, this.out, isSecure());
	}

	/** Close the connection during the test. */
	public void hangUp() throws IOException {
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
