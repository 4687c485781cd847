package io.unicorn.sample.testsupport.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;

/**
 * A client's connection, with or without TLS, on a socket: HTTP client libraries repeat a
 * request when a pooled connection turns out to be closed, and would hide what the tests
 * look for. One thread at a time may use it; any thread may close it.
 */
public final class HttpConnection implements Closeable {

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private final ResponseReader responses;

	private int answered;

	private long lastAnswerNanos;

	HttpConnection(Socket socket, InputStream in) throws IOException {
		this.socket = socket;
		this.in = in;
		this.out = socket.getOutputStream();
		this.responses = new ResponseReader(in);
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
		return new Dialer(address, timeout).dial();
	}

	/**
	 * Send a request and wait for the whole response.
	 * @param request the bytes of the request
	 * @return the response
	 * @throws ExchangeException if there is no complete response; the connection is then
	 * of no further use
	 */
	public Response exchange(byte[] request) throws ExchangeException {
		send(request);
		return receive();
	}

	/**
	 * Send one request, or several at once, without waiting for an answer.
	 * @param requests the bytes of the requests
	 * @throws ExchangeException if they could not all be written
	 */
	public void send(byte[] requests) throws ExchangeException {
		try {
			requireAllRead();
			this.out.write(requests);
			this.out.flush();
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	/**
	 * Wait for the whole response to the oldest request that has none yet.
	 * @return the response
	 * @throws ExchangeException if there is no complete response; the connection is then
	 * of no further use
	 */
	public Response receive() throws ExchangeException {
		try {
			Response response = this.responses.read();
			this.answered++;
			this.lastAnswerNanos = System.nanoTime();
			return response;
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, this.responses.hasBegun());
		}
	}

	/**
	 * Wait until the server ends the connection in order, after its last response.
	 * @throws ExchangeException if it sends anything more, or resets the connection
	 */
	public void awaitEnd() throws ExchangeException {
		try {
			requireAllRead();
			if (this.in.read() >= 0) {
				throw new ProtocolException("more bytes after the last response");
			}
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	private void requireAllRead() throws ProtocolException {
		if (this.responses.hasUnread()) {
			throw new ProtocolException("the last response is longer than it said");
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
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// A failure to close affects no request.
		}
	}

}
