package io.unicorn.sample.testsupport.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ResponseReader}.
 */
class ResponseReaderTests {

	@Test
	void aBodyOfKnownLengthEndsThere() throws Exception {
		ResponseReader reader = reader(
				"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n");
		Response first = reader.read();
		assertThat(first.status()).isEqualTo(200);
		assertThat(first.text()).isEqualTo("first");
		assertThat(first.isLast()).isFalse();
		assertThat(reader.read().status()).isEqualTo(404);
		assertThat(reader.hasUnread()).isFalse();
	}

	@Test
	void chunksAreJoined() throws Exception {
		Response response = read(
				"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, chunks!!\r\n0\r\nTrailer: t\r\n\r\n");
		assertThat(response.text()).isEqualTo("hello, chunks!!");
		assertThat(response.isLast()).isFalse();
	}

	@Test
	void aBodyOfUnknownLengthEndsWithTheConnection() throws Exception {
		Response response = read("HTTP/1.1 200 OK\r\n\r\nto the end");
		assertThat(response.text()).isEqualTo("to the end");
		assertThat(response.isLast()).isTrue();
	}

	@Test
	void headerNamesAreCaseInsensitive() throws Exception {
		Response response = read("HTTP/1.1 204 No Content\r\nX-One: 1\r\nx-one:  2 \r\n\r\n");
		assertThat(response.header("x-one")).isEqualTo("1,2");
		assertThat(response.header("x-two")).isNull();
		assertThat(response.length()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nConnection: Close\r\n", "HTTP/1.0 200 OK\r\n" })
	void aServerMaySayThatAConnectionIsOver(String head) throws Exception {
		assertThat(read(head + "Content-Length: 0\r\n\r\n").isLast()).isTrue();
	}

	@Test
	void anOldServerMayKeepAConnection() throws Exception {
		assertThat(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").isLast()).isFalse();
	}

	@Test
	void aProvisionalResponseIsNotTheResponse() throws Exception {
		Response response = read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.text()).isEqualTo("ok");
	}

	@Test
	void aBodyMayBeLongerThanTheBuffer() throws Exception {
		String body = "0123456789".repeat(5000);
		assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + body).text()).isEqualTo(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" })
	void anEarlyEndIsAnError(String text) {
		ResponseReader reader = reader(text);
		assertThatExceptionOfType(EOFException.class).isThrownBy(reader::read);
		assertThat(reader.hasBegun()).isEqualTo(!text.isEmpty());
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\n\n",
					"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
					"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
					"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
					"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n" })
	void whatIsNotHttpIsAnError(String text) {
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(text));
	}

	private static Response read(String text) throws IOException {
		ResponseReader reader = reader(text);
		Response response = reader.read();
		assertThat(reader.hasUnread()).isFalse();
		return response;
	}

	private static ResponseReader reader(String text) {
		return new ResponseReader(new Trickle(text));
	}

	/**
	 * Returns a few bytes at a time, as a network may.
	 */
	private static final class Trickle extends InputStream {

		private final ByteArrayInputStream bytes;

		Trickle(String text) {
			this.bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
		}

		@Override
		public int read() {
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			return this.bytes.read(target, offset, Math.min(length, 7));
		}

	}

}
