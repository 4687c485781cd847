package io.unicorn.boot.warmup;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What a server may answer. It has written everything before it is asked, and the last
 * answer of each test tells whether the one before was read to its end.
 */
@Timeout(30)
class Http1ConversationTests {

	private static final String LAST = "HTTP/1.1 299 Last\r\nContent-Length: 0\r\n\r\n";

	private final Socket client;

	private final Socket server;

	private final Http1Conversation conversation;

	Http1ConversationTests() throws IOException {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.client = new Socket(listener.getInetAddress(), listener.getLocalPort());
			this.server = listener.accept();
		}
		this.conversation = new Http1Conversation(this.client, System.nanoTime() + Duration.ofSeconds(20).toNanos());
	}

	@AfterEach
	void close() throws IOException {
		this.conversation.close();
		this.server.close();
	}

	private void answer(String... parts) throws IOException {
		this.server.getOutputStream().write(String.join("", parts).getBytes(StandardCharsets.ISO_8859_1));
	}

	@Test
	void aRequestIsThatOfAClientThatStays() throws IOException {
		answer(LAST);
		this.conversation.get("/a?b=c");
		this.conversation.close();
		assertThat(new String(this.server.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo("""
				GET /a?b=c HTTP/1.1\r
				Host: localhost\r
				User-Agent: unicorn-warm-up\r
				Accept: */*\r
				Accept-Encoding: gzip\r
				\r
				""");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
			"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
			"HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx",
			"HTTP/1.1 200 OK\nContent-Length: 2\n\nok" })
	void anAnswerIsReadToItsEnd(String answer) throws IOException {
		answer(answer, LAST);
		assertThat(this.conversation.get("/")).isEqualTo(200);
		assertThat(this.conversation.isOver()).isFalse();
		assertThat(this.conversation.get("/")).isEqualTo(299);
		assertThat(this.conversation.requests()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 304 })
	void someAnswersHaveNoBodyWhateverTheirHeadSays(int status) throws IOException {
		answer("HTTP/1.1 " + status + " \r\nContent-Length: 500\r\n\r\n", LAST);
		assertThat(this.conversation.get("/")).isEqualTo(status);
		assertThat(this.conversation.get("/")).isEqualTo(299);
	}

	@Test
	void aLargeBodyIsReadToItsEnd() throws IOException {
		answer("HTTP/1.1 200 \r\nContent-Length: 50000\r\n\r\n", "x".repeat(50_000), LAST);
		assertThat(this.conversation.get("/")).isEqualTo(200);
		assertThat(this.conversation.get("/")).isEqualTo(299);
	}

	@Test
	void aServerMayEndTheConnection() throws IOException {
		answer("HTTP/1.1 500 \r\nContent-Length: 0\r\nConnection: Close\r\n\r\n");
		assertThat(this.conversation.get("/")).isEqualTo(500);
		assertThat(this.conversation.isOver()).isTrue();
	}

	@Test
	void aBodyMayEndWithTheConnection() throws IOException {
		answer("HTTP/1.1 200 \r\n\r\n", "x".repeat(10_000));
		this.server.shutdownOutput();
		assertThat(this.conversation.get("/")).isEqualTo(200);
		assertThat(this.conversation.isOver()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 \r\nContent-Le", "HTTP/1.1 200 \r\nContent-Length: 6\r\n\r\nhello",
			"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" })
	void anAnswerThatIsCutShortIsNone(String part) throws IOException {
		answer(part);
		this.server.shutdownOutput();
		assertThatExceptionOfType(EOFException.class).isThrownBy(() -> this.conversation.get("/"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH\r\n", "HTTP/1.1\r\n", "HTTP/1.1 OK\r\n\r\n",
			"HTTP/1.1 200 \r\nContent-Length: many\r\n\r\n",
			"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n" })
	void whatIsNoAnswerIsRefused(String garbage) throws IOException {
		answer(garbage);
		assertThatIOException().isThrownBy(() -> this.conversation.get("/")).withMessage("no answer of HTTP/1.1");
	}

	@Test
	void aLineWithoutEndIsRefused() throws IOException {
		answer("HTTP/1.1 200 \r\nX: ", "x".repeat(70_000));
		assertThatIOException().isThrownBy(() -> this.conversation.get("/")).withMessageContaining("too long");
	}

	@Test
	void theDeadlineHoldsForTheWholeAnswer() throws IOException {
		Thread trickle = new Thread(() -> {
			try {
				while (true) {
					answer("x");
					Thread.sleep(5);
				}
			}
			catch (IOException | InterruptedException ex) {
				// The test is over.
			}
		});
		answer("HTTP/1.1 200 \r\nContent-Length: 1000000\r\n\r\n");
		trickle.start();
		Http1Conversation hurried = new Http1Conversation(this.client,
				System.nanoTime() + Duration.ofMillis(100).toNanos());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> hurried.get("/"));
		trickle.interrupt();
	}

	@Test
	void afterTheDeadlineNothingIsSent() throws IOException {
		Http1Conversation late = new Http1Conversation(this.client, System.nanoTime());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> late.get("/"));
		late.close();
		assertThat(this.server.getInputStream().read()).isEqualTo(-1);
	}

}
