package io.unicorn.sample.testsupport.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads HTTP/1 responses off one connection, strictly: anything unexpected is an error.
 * Not thread-safe.
 */
final class ResponseReader {

	private static final int LONGEST_LINE = 16 * 1024;

	private final InputStream in;

	private final byte[] buffer = new byte[8 * 1024];

	private final StringBuilder line = new StringBuilder(80);

	private int position;

	private int limit;

	private boolean begun;

	ResponseReader(InputStream in) {
		this.in = in;
	}

	/**
	 * Whether a byte of the current response has arrived.
	 */
	boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Whether there are bytes that no request has asked for.
	 */
	boolean hasUnread() {
		return this.position < this.limit;
	}

	/**
	 * Read the next response.
	 * @throws EOFException if the connection ends before the response does
	 * @throws ProtocolException if what arrives is not an HTTP/1 response
	 */
	Response read() throws IOException {
		this.begun = false;
		while (true) {
			String statusLine = readLine();
			int status = status(statusLine);
			Map<String, String> headers = readHeaders();
			if (status >= 200) {
				return readBody(status, statusLine.startsWith("HTTP/1.0"), headers);
			}
		}
	}

	private static int status(String line) throws ProtocolException {
		boolean wellFormed = line.length() >= 12 && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
				&& (line.length() == 12 || line.charAt(12) == ' ');
		if (!wellFormed) {
			throw new ProtocolException("not a status line: '" + line + "'");
		}
		return (int) number(line.substring(9, 12), 10);
	}

	private Map<String, String> readHeaders() throws IOException {
		Map<String, String> headers = new LinkedHashMap<>();
		for (String header = readLine(); !header.isEmpty(); header = readLine()) {
			int colon = header.indexOf(':');
			if (colon <= 0) {
				throw new ProtocolException("not a header: '" + header + "'");
			}
			headers.merge(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip(),
					(first, second) -> first + "," + second);
		}
		return headers;
	}

	private Response readBody(int status, boolean old, Map<String, String> headers) throws IOException {
		String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
		boolean last = old ? !connection.contains("keep-alive") : connection.contains("close");
		if (status == 204 || status == 304) {
			return new Response(status, headers, new byte[0], last);
		}
		String encoding = headers.get("transfer-encoding");
		if (encoding != null) {
			if (!encoding.equalsIgnoreCase("chunked")) {
				throw new ProtocolException("unknown transfer encoding '" + encoding + "'");
			}
			return new Response(status, headers, readChunks(), last);
		}
		String length = headers.get("content-length");
		if (length != null) {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			return new Response(status, headers, readExactly(number(length, 10), body).toByteArray(), last);
		}
		return new Response(status, headers, readToEnd(), true);
	}

	private byte[] readChunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		while (true) {
			String size = readLine();
			int extension = size.indexOf(';');
			long length = number(((extension < 0) ? size : size.substring(0, extension)).strip(), 16);
			if (length == 0) {
				readHeaders();
				return body.toByteArray();
			}
			readExactly(length, body);
			if (!readLine().isEmpty()) {
				throw new ProtocolException("a chunk is longer than it said");
			}
		}
	}

	private ByteArrayOutputStream readExactly(long length, ByteArrayOutputStream body) throws IOException {
		long left = length;
		while (left > 0) {
			if (!hasUnread() && !fill()) {
				throw new EOFException("end of stream, %d of %d bytes of the body are missing".formatted(left, length));
			}
			int piece = (int) Math.min(left, this.limit - this.position);
			body.write(this.buffer, this.position, piece);
			this.position += piece;
			left -= piece;
		}
		return body;
	}

	private byte[] readToEnd() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		while (hasUnread() || fill()) {
			body.write(this.buffer, this.position, this.limit - this.position);
			this.position = this.limit;
		}
		return body.toByteArray();
	}

	private String readLine() throws IOException {
		this.line.setLength(0);
		while (true) {
			if (!hasUnread() && !fill()) {
				throw new EOFException(this.begun ? "end of stream in the head of a response" : "end of stream");
			}
			this.begun = true;
			int next = this.buffer[this.position++];
			if (next == '\n') {
				return withoutCarriageReturn();
			}
			if (this.line.length() == LONGEST_LINE) {
				throw new ProtocolException("a line is longer than " + LONGEST_LINE + " bytes");
			}
			this.line.append((char) (next & 0xFF));
		}
	}

	private String withoutCarriageReturn() throws ProtocolException {
		int length = this.line.length() - 1;
		if (length < 0 || this.line.charAt(length) != '\r') {
			throw new ProtocolException("a line does not end with CR LF: '" + this.line + "'");
		}
		return this.line.substring(0, length);
	}

	private boolean fill() throws IOException {
		this.position = 0;
		this.limit = 0;
		int count = this.in.read(this.buffer);
		this.limit = Math.max(0, count);
		return count > 0;
	}

	private static long number(String text, int radix) throws ProtocolException {
		try {
			long number = Long.parseLong(text, radix);
			if (number >= 0) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below, together with numbers that are not valid lengths.
		}
		throw new ProtocolException("not a number: '" + text + "'");
	}

}
