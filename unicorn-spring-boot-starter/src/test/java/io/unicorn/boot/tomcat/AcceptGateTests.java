package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.boot.server.AcceptGate;
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
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the agent relies on, against the real Tomcat.
 */
@Timeout(120)
class AcceptGateTests {

	private static final int F_DUPFD_CLOEXEC = 1030;

	@TempDir
	private Path directory;

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final CountDownLatch slowMayEnd = new CountDownLatch(1);

	private final CountDownLatch slowHasBegun = new CountDownLatch(1);

	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getRequestURI().equals("/slow")) {
				AcceptGateTests.this.slowHasBegun.countDown();
				try {
					AcceptGateTests.this.slowMayEnd.await();
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

	private PooledTomcat tomcat(ServerSocketChannel listener) throws Exception {
		return new PooledTomcat(listener, this.directory, this.ledger, new Servlet());
	}

	@Test
	void nothingIsAcceptedBeforeTheWorkerIsReady() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledTomcat tomcat = tomcat(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			client.request("/");
			client.timeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::response);
			assertThat(tomcat.protocol().connections()).isZero();
			tomcat.protocol().startAccepting();
			client.timeout(20_000);
			assertThat(client.response().status()).contains("200");
			assertThat(tomcat.protocol().connections()).isEqualTo(1);
		}
	}

	@Test
	void aServerWhoseConnectionsEndGoesOnAccepting() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledTomcat tomcat = tomcat(listener); HttpClientSocket idle = new HttpClientSocket(port)) {
			tomcat.protocol().startAccepting();
			idle.request("/");
			assertThat(idle.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", false, "ok"));
			tomcat.protocol().endConnections();
			idle.request("/");
			assertThat(idle.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", true, "ok"));
			assertThat(idle.end()).isNull();
			try (HttpClientSocket later = new HttpClientSocket(port)) {
				later.request("/");
				assertThat(later.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", true, "ok"));
				assertThat(later.end()).isNull();
			}
			tomcat.protocol().stopAccepting();
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(20))).isZero();
		}
	}

	@Test
	void aWorkerThatNeverBecameReadyStopsAtOnce() throws Exception {
		PooledTomcat tomcat = tomcat(listener());
		tomcat.protocol().stopAccepting();
		assertThat(tomcat.awaitNoConnections(Duration.ZERO)).isZero();
		tomcat.close();
	}

	@Test
	void anIdleConnectionHasItsNextRequestServedAndThenEnds() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledTomcat tomcat = tomcat(listener)) {
			tomcat.protocol().startAccepting();
			try (HttpClientSocket client = new HttpClientSocket(port)) {
				client.request("/");
				assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", false, "ok"));
				tomcat.protocol().stopAccepting();
				assertThat(tomcat.awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
				client.request("/");
				assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", true, "ok"));
				assertThat(client.end()).isNull();
			}
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	@Test
	void newConnectionsAreRefusedOnceTheOnlyListenerIsClosed() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledTomcat tomcat = tomcat(listener)) {
			tomcat.protocol().startAccepting();
			tomcat.protocol().stopAccepting();
			tomcat.protocol().stopAccepting();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new HttpClientSocket(port));
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(1))).isZero();
		}
	}

	@Test
	void aRequestThatRunsIsFinished() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledTomcat tomcat = tomcat(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			tomcat.protocol().startAccepting();
			client.request("/slow");
			this.slowHasBegun.await();
			tomcat.protocol().stopAccepting();
			assertThat(tomcat.awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			this.slowMayEnd.countDown();
			// Tomcat decides about keep-alive before it calls the servlet, so this
			// connection ends with its next request only.
			assertThat(client.response().body()).isEqualTo("ok");
			client.request("/");
			assertThat(client.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 ", true, "ok"));
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	@Test
	void aConnectionThatHasSentNothingYetIsServedToo() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledTomcat tomcat = tomcat(listener); HttpClientSocket client = new HttpClientSocket(port(listener))) {
			tomcat.protocol().startAccepting();
			Awaitility.await().until(() -> tomcat.protocol().connections() == 1);
			tomcat.protocol().stopAccepting();
			client.request("/");
			assertThat(client.response().close()).isTrue();
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(10))).isZero();
		}
	}

	@Test
	void aSyncWorkerServesOthersWhileAClientIsSilentAndServesThatOneAsItLeaves() throws Exception {
		ServerSocketChannel listener = listener();
		int port = port(listener);
		try (PooledTomcat tomcat = PooledTomcat.sync(listener, this.directory, this.ledger, new Servlet());
				HttpClientSocket silent = new HttpClientSocket(port);
				HttpClientSocket alsoSilent = new HttpClientSocket(port)) {
			tomcat.protocol().startAccepting();
			for (int i = 0; i < 2; i++) {
				try (HttpClientSocket client = new HttpClientSocket(port)) {
					client.request("/");
					assertThat(client.response().body()).isEqualTo("ok");
				}
			}
			try (HttpClientSocket slow = new HttpClientSocket(port)) {
				slow.request("/slow");
				this.slowHasBegun.await();
				assertThat(tomcat.protocol().connections()).isEqualTo(3);
				tomcat.protocol().stopAccepting();
				assertThat(tomcat.protocol().connections()).isEqualTo(3);
				silent.request("/");
				alsoSilent.request("/");
				this.slowMayEnd.countDown();
				assertThat(slow.response().body()).isEqualTo("ok");
				assertThat(silent.response().close()).isTrue();
				assertThat(alsoSilent.response().close()).isTrue();
			}
			assertThat(tomcat.awaitNoConnections(Duration.ofSeconds(10))).isEqualTo(0);
		}
	}

	@Test
	void aWorkerWhoseThreadsAreBusyIsFull() throws Exception {
		ServerSocketChannel listener = listener();
		try (PooledTomcat tomcat = tomcat(listener); HttpClientSocket slow = new HttpClientSocket(port(listener))) {
			tomcat.protocol().setMinSpareThreads(1);
			tomcat.protocol().setMaxThreads(1);
			tomcat.protocol().startAccepting();
			assertThat(tomcat.protocol().hasFreeThread()).isTrue();
			slow.request("/slow");
			this.slowHasBegun.await();
			assertThat(tomcat.protocol().hasFreeThread()).isFalse();
			this.slowMayEnd.countDown();
			assertThat(slow.response().body()).isEqualTo("ok");
			Awaitility.await().until(tomcat.protocol()::hasFreeThread);
		}
	}

	/**
	 * One listening socket, of which each Tomcat gets a descriptor of its own, as workers
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
		PooledTomcat current = tomcat(copy(copier, shared.fd()));
		try {
			current.protocol().startAccepting();
			for (int i = 0; i < 8; i++) {
				Thread client = new Thread(() -> hammer(port, over, served, failures));
				clients.add(client);
				client.start();
			}
			for (int round = 0; round < 8; round++) {
				int before = served.get();
				Awaitility.await().until(() -> served.get() > before + 200 || !failures.isEmpty());
				PooledTomcat next = tomcat(copy(copier, shared.fd()));
				next.protocol().startAccepting();
				current.protocol().stopAccepting();
				assertThat(current.awaitNoConnections(Duration.ofSeconds(10))).as("round %s", round).isZero();
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
