package io.unicorn.boot.warmup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Timeout(30)
class WarmUpClientTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final String OK = "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n";

	private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

	private final URI address = URI.create("http://localhost:" + this.listener.getLocalPort() + "/a?b=c");

	private final WarmUpClient client = new WarmUpClient("secret");

	WarmUpClientTests() throws IOException {
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
		this.listener.close();
	}

	/** Answer the request on the next connection, and return its head. */
	private CompletableFuture<List<String>> answer(String answer) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return answer(this.listener.accept(), answer);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, (task) -> new Thread(task).start());
	}

	private static List<String> answer(Socket connection, String answer) throws IOException {
		BufferedReader in = new BufferedReader(
				new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
		List<String> head = new ArrayList<>();
		for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
			head.add(line);
		}
		connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
		return head;
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("HttpClient-") || name.startsWith("unicorn-warm-up"))
			.toList();
	}

	@Test
	void aRequestIsThatOfAClientThatStays() throws Exception {
		CompletableFuture<List<String>> head = answer(OK);
		assertThat(this.client.get(this.address, HttpClient.Version.HTTP_1_1, LONG).statusCode()).isEqualTo(200);
		// The client of JDK 17 says that a GET has no content, that of JDK 25 does not.
		assertThat(head.join()).filteredOn((line) -> !line.equals("Content-Length: 0"))
			.containsExactlyInAnyOrder("GET /a?b=c HTTP/1.1", "Host: localhost:" + this.listener.getLocalPort(),
					"User-Agent: unicorn-warm-up", "Accept: */*", "Accept-Encoding: gzip", "Unicorn-Warm-Up: secret");
	}

	@Test
	void noThreadOutlivesTheClient() throws Exception {
		CompletableFuture<List<String>> head = answer(OK);
		this.client.get(this.address, HttpClient.Version.HTTP_1_1, LONG);
		head.join();
		assertThat(threads()).anyMatch((name) -> name.endsWith("-SelectorManager"));
		this.client.close();
		Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
	}

	@Test
	void theTimeHoldsForTheWholeAnswer() {
		var unused = answer("HTTP/1.1 200 \r\nContent-Length: 1000000\r\n\r\nx");
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> this.client.get(this.address, HttpClient.Version.HTTP_1_1, Duration.ofMillis(200)));
		this.client.close();
		Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
	}

	@Test
	void closingEndsARequestThatIsUnderWay() {
		var unused = answer("").thenRun(this.client::close);
		assertThatIOException().isThrownBy(() -> this.client.get(this.address, HttpClient.Version.HTTP_1_1, LONG));
		Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
	}

	@Test
	void afterItWasClosedNothingIsSent() {
		this.client.close();
		assertThatIOException().isThrownBy(() -> this.client.get(this.address, HttpClient.Version.HTTP_1_1, LONG))
			.withMessage("the warm-up has ended");
	}

}
