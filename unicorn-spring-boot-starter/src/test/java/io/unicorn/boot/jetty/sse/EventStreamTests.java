package io.unicorn.boot.jetty.sse;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.unicorn.boot.jetty.PooledJetty;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests how streams of events end, on a real Jetty.
 */
@Timeout(120)
class EventStreamTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	/** What the application has noticed. */
	private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

	private final CountDownLatch goOn = new CountDownLatch(1);

	private PooledJetty jetty;

	/** Answers in the way that its path names. */
	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getRequestURI().equals("/plain")) {
				response.setContentType("text/plain");
				response.getOutputStream().print("ok");
				return;
			}
			response.setContentType("text/event-stream;charset=utf-8");
			switch (request.getRequestURI()) {
				case "/idle" -> {
					async(request);
					response.getOutputStream().print("data:1\n\n");
					response.flushBuffer();
				}
				case "/halfway" -> {
					AsyncContext context = async(request);
					new Thread(() -> writeInHalves(context)).start();
				}
				case "/writer" -> {
					PrintWriter writer = response.getWriter();
					while (!writer.checkError()) {
						writer.print("data:");
						writer.println("tick\n");
						pause();
					}
					EventStreamTests.this.seen.add("error");
				}
				case "/blocking" -> writeUntilItFails(response.getOutputStream(), true);
				case "/torrent" -> {
					AsyncContext context = async(request);
					ServletOutputStream out = context.getResponse().getOutputStream();
					new Thread(() -> writeUntilItFails(out, false)).start();
				}
				case "/finite" -> {
					response.getOutputStream().print("data:1\n\n");
					response.flushBuffer();
					await();
					response.getOutputStream().print("data:2\n\n");
				}
				default -> response.sendError(404);
			}
		}

		private AsyncContext async(HttpServletRequest request) {
			AsyncContext context = request.startAsync();
			context.setTimeout(0);
			context.addListener(new Listener());
			return context;
		}

		private void writeInHalves(AsyncContext context) {
			try {
				ServletOutputStream out = context.getResponse().getOutputStream();
				out.print("data:1\n\ndata:2");
				out.flush();
				await();
				out.print("\n");
				out.flush();
				out.print("\n");
				out.flush();
				EventStreamTests.this.seen.add("written");
				out.print("data:3\n\n");
				out.flush();
				EventStreamTests.this.seen.add("written too much");
			}
			catch (IOException ex) {
				EventStreamTests.this.seen.add("error");
			}
		}

		private void writeUntilItFails(ServletOutputStream out, boolean slowly) {
			try {
				for (long i = 0;; i++) {
					out.print("id:" + i + "\n");
					if (ThreadLocalRandom.current().nextInt(4) == 0) {
						out.flush();
					}
					out.print("data:" + "x".repeat(ThreadLocalRandom.current().nextInt(200)) + "\n");
					out.print("\n");
					out.flush();
					if (slowly) {
						pause();
					}
				}
			}
			catch (IOException ex) {
				EventStreamTests.this.seen.add("error");
			}
		}

	}

	private final class Listener implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			EventStreamTests.this.seen.add("complete");
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			EventStreamTests.this.seen.add("timeout");
		}

		@Override
		public void onError(AsyncEvent event) {
			EventStreamTests.this.seen.add("error");
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

	private static void pause() {
		try {
			Thread.sleep(5);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void await() {
		try {
			this.goOn.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@BeforeEach
	void start() throws Exception {
		this.jetty = new PooledJetty(PooledJetty.listener(), this.ledger, new Servlet());
		this.jetty.drainable().startAccepting();
	}

	@AfterEach
	void stop() throws Exception {
		this.goOn.countDown();
		this.jetty.close();
	}

	/** A client that reads everything until the connection ends. */
	private static final class Client implements AutoCloseable {

		private final Socket socket;

		private final InputStream in;

		Client(int port, String method, String path, String accept) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout((int) PATIENCE.toMillis());
			this.in = this.socket.getInputStream();
			this.socket.getOutputStream()
				.write("%s %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n".formatted(method, path, accept)
					.getBytes(StandardCharsets.US_ASCII));
		}

		String readUntil(String text) throws IOException {
			StringBuilder read = new StringBuilder();
			while (read.indexOf(text) < 0) {
				int next = this.in.read();
				if (next < 0) {
					throw new IOException("the connection ended after " + read);
				}
				read.append((char) next);
			}
			return read.toString();
		}

		byte[] readToEnd() throws IOException {
			return this.in.readAllBytes();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	private Client events(String path) throws IOException {
		return new Client(this.jetty.port(), "GET", path, "text/html, text/event-stream");
	}

	/** The bytes of a chunked body, which must be complete and followed by nothing. */
	private static String body(byte[] rest) {
		String text = new String(rest, StandardCharsets.ISO_8859_1);
		StringBuilder body = new StringBuilder();
		int position = 0;
		while (true) {
			int line = text.indexOf("\r\n", position);
			assertThat(line).as("end of a chunk's length").isNotNegative();
			int length = Integer.parseInt(text.substring(position, line), 16);
			position = line + 2;
			assertThat(text.length()).as("end of a chunk").isGreaterThanOrEqualTo(position + length + 2);
			body.append(text, position, position + length);
			position += length;
			assertThat(text.substring(position, position + 2)).isEqualTo("\r\n");
			position += 2;
			if (length == 0) {
				assertThat(position).isEqualTo(text.length());
				return body.toString();
			}
		}
	}

	private String seen() throws InterruptedException {
		return String.valueOf(this.seen.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
	}

	@Test
	void anIdleStreamEndsAndTheApplicationIsNotified() throws Exception {
		try (Client client = events("/idle")) {
			assertThat(client.readUntil("\r\n\r\n")).contains("Connection: close", "Transfer-Encoding: chunked");
			Awaitility.await().until(() -> this.ledger.inFlight() == 1);
			this.jetty.drainable().stopAccepting();
			assertThat(body(client.readToEnd())).isEqualTo("data:1\n\n");
			assertThat(seen()).isEqualTo("complete");
			assertThat(this.jetty.drainable().awaitNoConnections(PATIENCE)).isZero();
			assertThat(this.ledger.inFlight()).isZero();
		}
	}

	@Test
	void anEventThatHasBegunIsFinishedFirst() throws Exception {
		try (Client client = events("/halfway")) {
			client.readUntil("\r\n\r\n");
			Awaitility.await().until(() -> this.ledger.inFlight() == 1);
			this.jetty.drainable().stopAccepting();
			assertThat(this.jetty.drainable().awaitNoConnections(Duration.ofMillis(300))).isEqualTo(1);
			this.goOn.countDown();
			assertThat(body(client.readToEnd())).isEqualTo("data:1\n\ndata:2\n\n");
			List<String> all = new ArrayList<>(List.of(seen(), seen(), seen()));
			assertThat(all).containsExactlyInAnyOrder("written", "error", "complete");
		}
	}

	@Test
	void aServletThatWritesOnItsOwnThreadGetsAnError() throws Exception {
		for (String path : List.of("/blocking", "/writer")) {
			stopAndStart();
			try (Client client = events(path)) {
				client.readUntil("\r\n\r\n");
				this.jetty.drainable().stopAccepting();
				assertThat(body(client.readToEnd())).as(path).matches("(?s)(.*\n\n)?+");
				assertThat(seen()).isEqualTo("error");
				assertThat(this.jetty.drainable().awaitNoConnections(PATIENCE)).isZero();
			}
		}
	}

	private void stopAndStart() throws Exception {
		this.jetty.close();
		start();
	}

	@Test
	void aStreamThatBeginsOnAnOpenConnectionEndsToo() throws Exception {
		try (Client client = new Client(this.jetty.port(), "GET", "/plain", "*/*")) {
			client.readUntil("ok");
			this.jetty.drainable().stopAccepting();
			client.socket.getOutputStream()
				.write("GET /idle HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			client.readUntil("\r\n\r\n");
			assertThat(body(client.readToEnd())).isEqualTo("data:1\n\n");
		}
	}

	@Test
	void aStreamThatItsClientWouldNotRequestAgainIsNotEnded() throws Exception {
		try (Client post = new Client(this.jetty.port(), "POST", "/finite", "text/event-stream");
				Client get = new Client(this.jetty.port(), "GET", "/finite", "*/*")) {
			// Jetty sends the end of a chunk with the next one.
			post.readUntil("data:1\n\n");
			get.readUntil("data:1\n\n");
			this.jetty.drainable().stopAccepting();
			assertThat(this.jetty.drainable().awaitNoConnections(Duration.ofMillis(300))).isEqualTo(2);
			this.goOn.countDown();
			assertThat(post.readUntil("0\r\n\r\n")).isEqualTo("\r\n8\r\ndata:2\n\n\r\n0\r\n\r\n");
			assertThat(get.readUntil("0\r\n\r\n")).isEqualTo("\r\n8\r\ndata:2\n\n\r\n0\r\n\r\n");
		}
	}

	@Test
	void anAnswerThatIsNotAStreamIsUnchanged() throws Exception {
		try (Client client = events("/plain")) {
			assertThat(client.readUntil("ok")).contains("Content-Length: 2").doesNotContain("Connection: close");
		}
	}

	/** The application writes as fast as it can while the stream is ended. */
	@Test
	void aStreamIsWellFormedWhereverItEnds() throws Exception {
		for (int round = 0; round < 100; round++) {
			if (round > 0) {
				stopAndStart();
			}
			try (Client client = events("/torrent")) {
				client.readUntil("\r\n\r\n");
				Thread.sleep(0, ThreadLocalRandom.current().nextInt(999_999));
				this.jetty.drainable().stopAccepting();
				String body = body(client.readToEnd());
				assertThat(body).as("round " + round).matches("(?s)(id:\\d+\ndata:x*\n\n)*+");
				assertThat(List.of(seen(), seen())).containsExactlyInAnyOrder("error", "complete");
			}
		}
	}

}
