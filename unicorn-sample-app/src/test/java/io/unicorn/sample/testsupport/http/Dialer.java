package io.unicorn.sample.testsupport.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections of one kind.
 *
 * @param address the server
 * @param timeout how long to wait for a connection, and later for each further byte of a
 * response
 * @param tls makes sockets for TLS, or {@code null} for none
 * @param slow whether the client reads slowly, so that the server has to wait for it
 */
public record Dialer(InetSocketAddress address, Duration timeout, @Nullable SSLSocketFactory tls, boolean slow) {

	/** A small receive buffer, so that the server soon has to wait. */
	private static final int SLOW_BUFFER = 16 * 1024;

	Dialer(InetSocketAddress address, Duration timeout) {
		this(address, timeout, null, false);
	}

	/**
	 * Describe plain connections to a port of this machine.
	 * @param port the port
	 * @return the description
	 */
	public static Dialer to(int port) {
		return new Dialer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), RunningPool.PATIENCE);
	}

	/**
	 * The same, with another time to wait.
	 * @param timeout how long to wait
	 * @return the description
	 */
	public Dialer waiting(Duration timeout) {
		return new Dialer(this.address, timeout, this.tls, this.slow);
	}

	/**
	 * The same, with TLS.
	 * @param tls makes the sockets
	 * @return the description
	 */
	public Dialer withTls(SSLSocketFactory tls) {
		return new Dialer(this.address, this.timeout, tls, this.slow);
	}

	/**
	 * The same, for a client that reads slowly.
	 * @return the description
	 */
	public Dialer readingSlowly() {
		return new Dialer(this.address, this.timeout, this.tls, true);
	}

	/**
	 * Connect. A connection that is accepted but whose TLS handshake does not complete is
	 * a loss, not a failure to connect.
	 * @return the connection
	 * @throws ExchangeException if there is no connection
	 */
	public HttpConnection dial() throws ExchangeException {
		Socket socket = connect();
		try {
			Socket secured = secure(socket, "http/1.1");
			InputStream in = secured.getInputStream();
			return new HttpConnection(secured, this.slow ? new SlowInputStream(in) : in);
		}
		catch (IOException ex) {
			closeQuietly(socket);
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	private Socket connect() throws ExchangeException {
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) this.timeout.toMillis());
			if (this.slow) {
				socket.setReceiveBufferSize(SLOW_BUFFER);
			}
			socket.connect(this.address, (int) this.timeout.toMillis());
			return socket;
		}
		catch (IOException ex) {
			closeQuietly(socket);
			throw ExchangeException.whileConnecting(ex);
		}
	}

	/**
	 * Connect, and speak HTTP/2 from the first byte.
	 * @return the connection
	 * @throws ExchangeException if there is no connection
	 */
	public Http2Connection dialHttp2() throws ExchangeException {
		Socket socket = connect();
		try {
			return new Http2Connection(secure(socket, "h2"));
		}
		catch (IOException ex) {
			closeQuietly(socket);
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	private Socket secure(Socket socket, String protocol) throws IOException {
		if (this.tls == null) {
			return socket;
		}
		SSLSocket secured = (SSLSocket) this.tls.createSocket(socket, this.address.getHostString(),
				this.address.getPort(), true);
		SSLParameters parameters = secured.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { protocol });
		secured.setSSLParameters(parameters);
		secured.startHandshake();
		return secured;
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// A failure to close affects no request.
		}
	}

}
