package io.unicorn.sample.testsupport.http;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A complete HTTP response.
 */
public final class Response {

	private final int status;

	private final Map<String, String> headers;

	private final byte[] body;

	private final boolean last;

	Response(int status, Map<String, String> headers, byte[] body, boolean last) {
		this.status = status;
		this.headers = Collections.unmodifiableMap(headers);
		this.body = body;
		this.last = last;
	}

	/**
	 * The status code.
	 * @return the status
	 */
	public int status() {
		return this.status;
	}

	/**
	 * The value of a header; the values of a header that came more than once are joined
	 * with commas.
	 * @param name the name, in lower case
	 * @return the value, or {@code null} if there is no such header
	 */
	public @Nullable String header(String name) {
		return this.headers.get(name);
	}

	/**
	 * The number of bytes in the body.
	 * @return the length
	 */
	public int length() {
		return this.body.length;
	}

	/**
	 * The body.
	 * @return the bytes, which are not copied
	 */
	public byte[] body() {
		return this.body;
	}

	/**
	 * The body as UTF-8.
	 * @return the text
	 */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/**
	 * Whether no further request may be sent on the connection: the server said
	 * {@code Connection: close}, speaks HTTP/1.0 without keep-alive, or ended the body by
	 * closing.
	 * @return {@code true} if the connection ends with this response
	 */
	public boolean isLast() {
		return this.last;
	}

	@Override
	public String toString() {
		String text = text();
		return this.status + " " + this.headers + " "
				+ ((text.length() <= 200) ? text : text.substring(0, 200) + "...");
	}

}
