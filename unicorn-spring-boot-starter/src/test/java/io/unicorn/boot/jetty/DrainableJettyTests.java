package io.unicorn.boot.jetty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.boot.server.HttpClientSocket;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jnr.ffi.LibraryLoader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the agent relies on, against the real Jetty.
 */
@Timeout(120)
class DrainableJettyTests {

	private static final int F_DUPFD_CLOEXEC = 1030;

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final CountDownLatch slowMayEnd = new CountDownLatch(1);

	private final CountDownLatch slowHasBegun = new CountDownLatch(1);

	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getRequestURI().equals("/slow")) {
				DrainableJettyTests.this.slowHasBegun.countDown();
				try {
					DrainableJettyTests.this.slowMayEnd.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			response.setContentLength(2);
			response.getWriter().write("ok");
		}

	}

	private static ServerSocketChannel listener() throws IOException {
		return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	private static int port(ServerSocketChannel listener) throws IOException {
		return ((InetSocketAddress) listener.getLocalAddress()).getPort();
	}

	private PooledJetty jetty(ServerSocketChannel listener) throws Exception {
		return new PooledJetty(listener, this.ledger, new Servlet());
	}

	@Test
	void nothingIsAcceptedBeforeTheWorkerIsReady() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledJetty jetty = jetty(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			client.request("/");
			client.timeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::response);
			assertThat(jetty.drainable().connections()).isZero();
			jetty.drainable().startAccepting();
			client.timeout(20_000);
			assertThat(client.response().status()).contains("200");
			assertThat(jetty.drainable().connections()).isEqualTo(1);
		}
	}

	@Test
	void aServerWhoseConnectionsEndGoesOnAccepting() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledJetty jetty = jetty(listener); HttpClientSocket idle = new HttpClientSocket(port)) {
			jetty.drainable().startAccepting();
			idle.request("/");
			assertThat(idle.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", false, "ok"));
			jetty.drainable().endConnections();
			idle.request("/");
			assertThat(idle.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", true, "ok"));
			assertThat(idle.end()).isNull();
			try (HttpClientSocket later = new HttpClientSocket(port)) {
				later.request("/");
				assertThat(later.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", true, "ok"));
				assertThat(later.end()).isNull();
			}
			jetty.drainable().stopAccepting();
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(20))).isZero();
		}
	}

	@Test
	void aWorkerThatNeverBecameReadyStopsAtOnce() throws Exception {
		PooledJetty jetty = jetty(listener());
		jetty.drainable().stopAccepting();
		assertThat(jetty.drainable().awaitNoConnections(Duration.ZERO)).isZero();
		jetty.close();
	}

	@Test
	void anIdleConnectionHasItsNextRequestServedAndThenEnds() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledJetty jetty = jetty(listener)) {
			jetty.drainable().startAccepting();
			try (HttpClientSocket client = new HttpClientSocket(port)) {
				client.request("/");
				assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", false, "ok"));
				jetty.drainable().stopAccepting();
				assertThat(jetty.drainable().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
				client.request("/");
				assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", true, "ok"));
				assertThat(client.end()).isNull();
			}
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	@Test
	void newConnectionsAreRefusedOnceTheOnlyListenerIsClosed() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledJetty jetty = jetty(listener)) {
			jetty.drainable().startAccepting();
			jetty.drainable().stopAccepting();
			jetty.drainable().stopAccepting();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new HttpClientSocket(port));
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(1))).isZero();
		}
	}

	@Test
	void aRequestThatRunsIsFinished() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledJetty jetty = jetty(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			jetty.drainable().startAccepting();
			client.request("/slow");
			this.slowHasBegun.await();
			jetty.drainable().stopAccepting();
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			this.slowMayEnd.countDown();
			assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", true, "ok"));
			assertThat(client.end()).isNull();
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	@Test
	void aConnectionThatHasSentNothingYetIsServedToo() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledJetty jetty = jetty(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			jetty.drainable().startAccepting();
			Awaitility.await().until(() -> jetty.drainable().connections() == 1);
			jetty.drainable().stopAccepting();
			client.request("/");
			assertThat(client.response().close()).isTrue();
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	/**
	 * One listening socket, of which each Jetty gets a descriptor of its own, as workers
	 * do.
	 */
	@Test
	void underFullLoadWorkersComeAndGoAndNoClientNotices() throws Exception {
		Posix posix = new JnrPosix();
		Copier copier = LibraryLoader.create(Copier.class).load("c");
		Listener shared = posix.listen(InetAddress.getLoopbackAddress(), 0, 1024);
		int port = shared.port();
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger served = new AtomicInteger();
		Queue<String> failures = new ConcurrentLinkedQueue<>();
		List<Thread> clients = new ArrayList<>();
		PooledJetty current = jetty(copy(copier, shared.fd()));
		try {
			current.drainable().startAccepting();
			for (int i = 0; i < 8; i++) {
				Thread client = new Thread(() -> hammer(port, over, served, failures));
				clients.add(client);
				client.start();
			}
			for (int round = 0; round < 8; round++) {
				int before = served.get();
				Awaitility.await().until(() -> served.get() > before + 200 || !failures.isEmpty());
				PooledJetty next = jetty(copy(copier, shared.fd()));
				next.drainable().startAccepting();
				current.drainable().stopAccepting();
				assertThat(current.drainable().awaitNoConnections(Duration.ofSeconds(10))).as("round %s", round)
					.isZero();
				current.close();
				current = next;
			}
		}
		finally {
			over.set(true);
			for (Thread client : clients) {
				client.join();
			}
			current.close();
			posix.close(shared.fd());
		}
		assertThat(failures).as("of %s requests", served).isEmpty();
	}

	private static ServerSocketChannel copy(Copier copier, int fd) throws IOException {
		int copy = copier.fcntl(fd, F_DUPFD_CLOEXEC, 100);
		assertThat(copy).isPositive();
		return new InheritedListeners("http:" + copy).take("http");
	}

	/** A new connection for each request, or for each two. */
	private static void hammer(int port, AtomicBoolean over, AtomicInteger served, Queue<String> failures) {
		while (!over.get() && failures.size() < 10) {
			try (HttpClientSocket client = new HttpClientSocket(port)) {
				client.request("/");
				HttpClientSocket.Response response = client.response();
				if (!response.status().contains("200") || !response.body().equals("ok")) {
					failures.add(response.toString());
				}
				if (!response.close() && served.incrementAndGet() % 2 == 0) {
					client.request("/");
					if (!client.response().body().equals("ok")) {
						failures.add("second request");
					}
				}
			}
			catch (IOException ex) {
				failures.add(ex.toString());
			}
		}
	}

	/** What workers get of a socket, in the same process. */
	public interface Copier {

		int fcntl(int fd, int command, int argument);

	}

}
