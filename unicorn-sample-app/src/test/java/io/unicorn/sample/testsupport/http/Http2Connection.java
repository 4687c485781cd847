package io.unicorn.sample.testsupport.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import javax.net.ssl.SSLSocket;

/**
 * A client's HTTP/2 connection, several of whose streams may be open at once. One thread
 * at a time may use it; any thread may close it.
 */
public final class Http2Connection implements Closeable {

	private static final int REFUSED_STREAM = 7;

	/** The entry of HPACK's static table that says {@code :status: 200}. */
	private static final byte STATUS_200 = (byte) 0x88;

	private static final int UNKNOWN_STATUS = 0;

	private final Socket socket;

	private final Http2Client client;

	private final SortedMap<Integer, Stream> open = new TreeMap<>();

	private int next = 1;

	private int last = Integer.MAX_VALUE;

	private boolean ending;

	/** The part of one response that has arrived. */
	private static final class Stream {

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		private int status = UNKNOWN_STATUS;

		/** What follows the first block of fields are trailers. */
		private boolean begun;

		void add(Http2Client.Frame frame) {
			if (frame.type() == Http2Client.HEADERS && !this.begun) {
				this.begun = true;
				this.status = (firstField(frame.payload().duplicate()) == STATUS_200) ? 200 : UNKNOWN_STATUS;
			}
			else if (frame.type() == Http2Client.DATA) {
				this.body.writeBytes(frame.payload().array());
			}
		}

		/** The first byte behind updates of the dynamic table's size (RFC 7541, 6.3). */
		private static byte firstField(ByteBuffer block) {
			byte first = block.get();
			while ((first & 0xe0) == 0x20) {
				boolean more = (first & 0x1f) == 0x1f;
				while (more) {
					more = (block.get() & 0x80) != 0;
				}
				first = block.get();
			}
			return first;
		}

	}

	Http2Connection(Socket socket) throws IOException {
		this.socket = socket;
		this.client = new Http2Client(socket.getInputStream(), socket.getOutputStream(), socket instanceof SSLSocket);
	}

	/**
	 * Begin a stream with a GET request.
	 * @param path the path and query
	 * @throws ExchangeException if it could not be written
	 */
	public void get(String path) throws ExchangeException {
		this.open.put(this.next, new Stream());
		try {
			this.client.get(this.next, path);
			this.next += 2;
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	/**
	 * Begin a stream with a POST request.
	 * @param path the path and query
	 * @param fields further header fields
	 * @param body the body
	 * @throws ExchangeException if it could not be written
	 */
	public void post(String path, Map<String, String> fields, byte[] body) throws ExchangeException {
		this.open.put(this.next, new Stream());
		try {
			this.client.post(this.next, path, fields, body);
			this.next += 2;
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex, false);
		}
	}

	/**
	 * Wait until one of the open streams has ended.
	 * @return the response, which has status 0 if its status is not 200; empty if the
	 * server has declared that it did not process the request (RFC 9113, 8.7)
	 * @throws ExchangeException if none of the open streams will get an answer
	 */
	public Optional<Response> receive() throws ExchangeException {
		try {
			while (true) {
				Integer newest = this.open.isEmpty() ? null : this.open.lastKey();
				if (newest != null && newest > this.last) {
					this.open.remove(newest);
					return Optional.empty();
				}
				Http2Client.Frame frame = this.client.read();
				if (frame.type() == Http2Client.GOAWAY) {
					this.ending = true;
					this.last = frame.lastStream();
					continue;
				}
				Stream stream = this.open.get(frame.stream());
				if (stream == null) {
					continue;
				}
				if (frame.type() == Http2Client.RST_STREAM) {
					this.open.remove(frame.stream());
					if (frame.error() == REFUSED_STREAM) {
						return Optional.empty();
					}
					throw new ProtocolException("stream %d was reset: %d".formatted(frame.stream(), frame.error()));
				}
				stream.add(frame);
				if (frame.endsStream()) {
					this.open.remove(frame.stream());
					return Optional.of(new Response(stream.status, Map.of(), stream.body.toByteArray(), this.ending));
				}
			}
		}
		catch (IOException ex) {
			throw ExchangeException.whileExchanging(ex,
					this.open.values().stream().anyMatch((stream) -> stream.status != UNKNOWN_STATUS));
		}
	}

	/**
	 * Whether the server wants no more streams on this connection.
	 * @return {@code true} after GOAWAY
	 */
	public boolean isEnding() {
		return this.ending;
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
