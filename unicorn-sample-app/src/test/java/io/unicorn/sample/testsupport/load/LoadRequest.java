package io.unicorn.sample.testsupport.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;

import io.unicorn.sample.testsupport.http.Response;

/**
 * A request and its expected answer.
 */
public final class LoadRequest {

	private final String line;

	private final byte[] keepAlive;

	private final byte[] close;

	private final Predicate<Response> expected;

	private LoadRequest(String line, byte[] keepAlive, byte[] close, Predicate<Response> expected) {
		this.line = line;
		this.keepAlive = keepAlive;
		this.close = close;
		this.expected = expected;
	}

	/**
	 * A GET request to which any body is right.
	 * @param path the path and query
	 * @return the request
	 */
	public static LoadRequest get(String path) {
		return of("GET " + path, new byte[0]);
	}

	/**
	 * A POST request to which any body is right.
	 * @param path the path and query
	 * @param body the body, sent as it is
	 * @return the request
	 */
	public static LoadRequest post(String path, byte[] body) {
		return of("POST " + path, body);
	}

	/**
	 * A POST to {@code /echo}, to which only the same bytes are right.
	 * @param body the body
	 * @return the request
	 */
	public static LoadRequest echo(byte[] body) {
		return post("/echo", body).expecting((response) -> Arrays.equals(response.body(), body));
	}

	private static LoadRequest of(String line, byte[] body) {
		return new LoadRequest(line, bytes(line, body, "keep-alive"), bytes(line, body, "close"), (response) -> true);
	}

	private static byte[] bytes(String line, byte[] body, String connection) {
		String entity = line.startsWith("GET ") ? ""
				: "Content-Type: application/octet-stream\r\nContent-Length: " + body.length + "\r\n";
		String head = line + " HTTP/1.1\r\nHost: localhost\r\nConnection: " + connection + "\r\n" + entity + "\r\n";
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
		bytes.writeBytes(body);
		return bytes.toByteArray();
	}

	/**
	 * The same request, with an expectation.
	 * @param expected what must hold for a response with status 200; called by many
	 * threads
	 * @return the request
	 */
	public LoadRequest expecting(Predicate<Response> expected) {
		return new LoadRequest(this.line, this.keepAlive, this.close, expected);
	}

	/**
	 * The request as it is sent on a connection that is to be kept.
	 * @return the bytes, which are not copied
	 */
	public byte[] onKeepAlive() {
		return this.keepAlive;
	}

	/**
	 * The request as it is sent on a connection that ends with it.
	 * @return the bytes, which are not copied
	 */
	public byte[] onOwnConnection() {
		return this.close;
	}

	/**
	 * The path and query.
	 * @return what is asked for
	 */
	public String path() {
		return this.line.substring(this.line.indexOf(' ') + 1);
	}

	/**
	 * Whether a response is right; it is wrong if the expectation throws an exception.
	 * @param response the response, with status 200
	 * @return whether it is what the client expects
	 */
	public boolean isExpected(Response response) {
		try {
			return this.expected.test(response);
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@Override
	public String toString() {
		return this.line;
	}

}
