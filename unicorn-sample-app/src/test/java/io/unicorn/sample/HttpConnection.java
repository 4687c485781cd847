package io.unicorn.sample;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;

/**
 * A client's connection, on a plain socket: HTTP client libraries repeat a request when a
 * pooled connection turns out to be closed, and would hide what the tests look for. One
 * thread at a time may use it; any thread may close it.
 */
public final class HttpConnection implements Closeable {

	private final Socket socket;

	private final OutputStream out;

	private final ResponseReader responses;

	private int answered;

	private long lastAnswerNanos;

	private HttpConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.out = socket.getOutputStream();
		this.responses = new ResponseReader(socket.getInputStream());
	}

	/**
	 * Connect.
	 * @param address the server
	 * @param timeout how long to wait for the connection, and later for each further byte
	 * of a response
	 * @return the connection
	 * @throws ExchangeException if there is no connection
	 */
	public static HttpConnection open(InetSocketAddress address, Duration timeout) throws ExchangeException {
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) timeout.toMillis());
			socket.connect(address, (int) timeout.toMillis());
			return new HttpConnection(socket);
		}
		catch (IOException ex) {
			closeQuietly(socket);
			throw ExchangeException.whileConnecting(ex);
		}
	}

	/**
	 * Send a request and wait for the whole response.
	 * @param request the bytes of the request
	 * @return the response
	 * @throws ExchangeException if there is no complete response; the connection is then
	 * of no further use
	 */
	public Response exchange(byte[] request) throws ExchangeException {
		boolean sent = false;
		try {
			if (this.responses.hasUnread()) {
				throw new ProtocolException("the last response is longer than it said");
			}
			this.out.write(request);
			sent = true;
			Response response = this.responses.read();
			this.answered++;
			this.lastAnswerNanos = System.nanoTime();
			return response;
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, sent && this.responses.hasBegun());
		}
	}

	/**
	 * How many responses have come back on this connection.
	 * @return the number of responses
	 */
	public int answered() {
		return this.answered;
	}

	/**
	 * How long ago the last response was complete.
	 * @return the time, or a negative one if there was no response yet
	 */
	public Duration sinceLastAnswer() {
		return (this.answered == 0) ? Duration.ofNanos(-1) : Duration.ofNanos(System.nanoTime() - this.lastAnswerNanos);
	}

	@Override
	public void close() {
		closeQuietly(this.socket);
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Nothing is left to be done with it, and no request depends on it.
		}
	}

}
