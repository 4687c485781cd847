package io.unicorn.sample.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PacedLoad}.
 */
class PacedLoadTests {

	private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		.getBytes(StandardCharsets.US_ASCII);

	private static final long STANDSTILL_MILLIS = 400;

	@Test
	void aStallCountsForEachRequestThatWasDueInIt() throws IOException, InterruptedException {
		AtomicBoolean stood = new AtomicBoolean();
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Thread acceptor = new Thread(() -> acceptAll(server, stood));
			acceptor.setDaemon(true);
			acceptor.start();
			LoadFigures figures = new PacedLoad(server.getLocalPort(), "/", 160).run(Duration.ofSeconds(1));
			assertThat(figures.errors()).isZero();
			assertThat(figures.requests()).isEqualTo(160);
			// The stall delays one of 16 clients by about four of its ten
			// requests. Measured from the send, only one request would be slow.
			assertThat(figures.p99()).isGreaterThan(STANDSTILL_MILLIS / 2.0);
		}
	}

	private static void acceptAll(ServerSocket server, AtomicBoolean stood) {
		try {
			while (true) {
				Socket socket = server.accept();
				Thread thread = new Thread(() -> serve(socket, stood));
				thread.setDaemon(true);
				thread.start();
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	private static void serve(Socket socket, AtomicBoolean stood) {
		try (socket) {
			InputStream in = socket.getInputStream();
			byte[] buffer = new byte[4096];
			while (in.read(buffer) > 0) {
				if (stood.compareAndSet(false, true)) {
					Thread.sleep(STANDSTILL_MILLIS);
				}
				socket.getOutputStream().write(ANSWER);
			}
		}
		catch (IOException | InterruptedException ex) {
			// The client sees it.
		}
	}

}
