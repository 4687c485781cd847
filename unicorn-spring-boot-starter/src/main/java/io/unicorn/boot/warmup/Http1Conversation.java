package io.unicorn.boot.warmup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection on which requests of HTTP/1.1 are sent and their answers thrown away.
 * The JDK's own client would bring more into each worker than it warms up. Not
 * thread-safe but for {@link #close}.
 */
final class Http1Conversation extends Conversation {

	/** Who sends the requests of a warm-up. */
	static final String USER_AGENT = "unicorn-warm-up";

	private static final int LONGEST_LINE = 64 * 1024;

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	private final InputStream in;

	private final OutputStream out;

	private final byte[] buffer = new byte[8192];

	private int position;

	private int limit;

	/**
	 * Begin to talk.
	 * @param socket the connection, which is closed with this conversation
	 * @param deadline the {@link System#nanoTime()} at which all answers must be there
	 */
	Http1Conversation(Socket socket, long deadline) throws IOException {
		super(socket, deadline);
		this.in = socket.getInputStream();
		this.out = socket.getOutputStream();
	}

	/**
	 * What the head of an answer says about the rest.
	 *
	 * @param length the length of the body in bytes, -1 if the head does not say it
	 * @param close whether no other answer follows
	 */
	private record Head(int status, long length, boolean chunked, boolean close) {

		boolean hasBody() {
			return this.status != NO_CONTENT && this.status != NOT_MODIFIED;
		}

	}

	@Override
	int exchange(String target, int before) throws IOException {
		// With gzip, as most clients, so that what compresses answers becomes warm, too.
		this.out.write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: " + USER_AGENT + "\r\n"
				+ "Accept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
			.getBytes(StandardCharsets.ISO_8859_1));
		this.out.flush();
		Head head = head();
		while (head.status() < 200) {
			head = head();
		}
		if (head.hasBody()) {
			skipBody(head);
		}
		if (head.close()) {
			end();
		}
		return head.status();
	}

	private Head head() throws IOException {
		int status = status(line());
		long length = -1;
		boolean chunked = false;
		boolean close = false;
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
			String value = line.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
			if (name.equals("content-length")) {
				length = number(value, 10);
			}
			else if (name.equals("transfer-encoding")) {
				chunked = value.endsWith("chunked");
			}
			else if (name.equals("connection")) {
				close = value.contains("close");
			}
		}
		return new Head(status, length, chunked, close);
	}

	private static int status(String line) throws IOException {
		String[] parts = line.split(" ", 3);
		if (!line.startsWith("HTTP/1.") || parts.length < 2) {
			throw new IOException("no answer of HTTP/1.1");
		}
		return (int) number(parts[1], 10);
	}

	private static long number(String text, int radix) throws IOException {
		try {
			return Long.parseLong(text, radix);
		}
		catch (NumberFormatException ex) {
			throw new IOException("no answer of HTTP/1.1", ex);
		}
	}

	private void skipBody(Head head) throws IOException {
		if (head.chunked()) {
			skipChunks();
		}
		else if (head.length() >= 0) {
			skip(head.length());
		}
		else {
			while (fill()) {
				this.position = this.limit;
			}
			end();
		}
	}

	private void skipChunks() throws IOException {
		long length = chunkLength();
		while (length > 0) {
			skip(length);
			line();
			length = chunkLength();
		}
		while (!line().isEmpty()) {
			// Trailer fields.
		}
	}

	private long chunkLength() throws IOException {
		return number(line().split(";", 2)[0].strip(), 16);
	}

	private void skip(long bytes) throws IOException {
		long left = bytes;
		while (left > 0) {
			require();
			int taken = (int) Math.min(left, this.limit - this.position);
			this.position += taken;
			left -= taken;
		}
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (char next = next(); next != '\n'; next = next()) {
			if (line.length() == LONGEST_LINE) {
				throw new IOException("a line of the answer is too long");
			}
			if (next != '\r') {
				line.append(next);
			}
		}
		return line.toString();
	}

	private char next() throws IOException {
		require();
		return (char) (this.buffer[this.position++] & 0xff);
	}

	private void require() throws IOException {
		if (this.position == this.limit && !fill()) {
			throw new EOFException("the connection was closed");
		}
	}

	/** Return whether there is more. */
	private boolean fill() throws IOException {
		limitWait();
		this.position = 0;
		this.limit = Math.max(0, this.in.read(this.buffer));
		return this.limit > 0;
	}

}
