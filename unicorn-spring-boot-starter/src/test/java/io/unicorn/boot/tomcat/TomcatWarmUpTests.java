package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.boot.server.HttpClientSocket;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Requests of a worker's own, against the real Tomcat.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class TomcatWarmUpTests {

	private static final Duration LONG = Duration.ofSeconds(50);

	/** More than a client of HTTP/2 takes without being asked. */
	private static final int LARGE = 200_000;

	@TempDir
	private Path directory;

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final ConcurrentMap<String, AtomicInteger> served = new ConcurrentHashMap<>();

	private final List<String> protocols = new CopyOnWriteArrayList<>();

	private final List<Integer> clientPorts = new CopyOnWriteArrayList<>();

	private final List<Integer> serverPorts = new CopyOnWriteArrayList<>();

	private final List<HttpClientSocket> intruders = new CopyOnWriteArrayList<>();

	private final List<String> refusals = new CopyOnWriteArrayList<>();

	private final CountDownLatch slowHasBegun = new CountDownLatch(1);

	private final CountDownLatch slowMayEnd = new CountDownLatch(1);

	private final ServerSocketChannel listener;

	private final int port;

	private PooledTomcat tomcat;

	TomcatWarmUpTests() throws IOException {
		this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.port = ((InetSocketAddress) this.listener.getLocalAddress()).getPort();
	}

	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			String path = request.getRequestURI();
			TomcatWarmUpTests.this.served.computeIfAbsent(path, (key) -> new AtomicInteger()).incrementAndGet();
			TomcatWarmUpTests.this.protocols.add(request.getProtocol() + " " + path);
			TomcatWarmUpTests.this.clientPorts.add(request.getRemotePort());
			TomcatWarmUpTests.this.serverPorts.add(request.getLocalPort());
			switch (path) {
				case "/broken" -> response.sendError(503);
				case "/moved" -> response.sendRedirect("/");
				case "/slow" -> {
					TomcatWarmUpTests.this.slowHasBegun.countDown();
					await(TomcatWarmUpTests.this.slowMayEnd);
				}
				case "/async" -> {
					AsyncContext context = request.startAsync();
					new Thread(context::complete).start();
				}
				case "/intruded" -> intrude(request.getLocalPort());
				case "/large" -> response.getOutputStream().write(new byte[LARGE]);
				default -> response.getWriter().write("ok");
			}
		}

	}

	/** While the warm-up waits for an answer, the port of its connection is open. */
	private void intrude(int port) throws IOException {
		HttpClientSocket intruder = new HttpClientSocket(port);
		this.intruders.add(intruder);
		intruder.request("/stranger");
		this.refusals.add(intruder.response().status());
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private PoolHttp11Protocol protocol(int requests, Duration timeout, String... paths) throws Exception {
		return protocol(List.of(), requests, timeout, paths);
	}

	private PoolHttp11Protocol protocol(List<UpgradeProtocol> upgrades, int requests, Duration timeout, String... paths)
			throws Exception {
		this.tomcat = new PooledTomcat(this.listener, this.directory, this.ledger, new Servlet(), upgrades)
			.warmedUpBy(new WarmUpPlan(List.of(paths), requests, timeout));
		return this.tomcat.protocol();
	}

	@AfterEach
	void stop() throws Exception {
		this.slowMayEnd.countDown();
		for (HttpClientSocket intruder : this.intruders) {
			intruder.close();
		}
		this.tomcat.close();
	}

	private int served(String path) {
		return this.served.getOrDefault(path, new AtomicInteger()).get();
	}

	@Test
	void ownRequestsAreServedWhileClientsWait(CapturedOutput output) throws Exception {
		PoolHttp11Protocol protocol = protocol(25, LONG, "/a", "/async", "/moved");
		try (HttpClientSocket client = new HttpClientSocket(this.port)) {
			client.request("/client");
			protocol.warmUp();
			assertThat(served("/a")).isEqualTo(25);
			assertThat(served("/async")).isEqualTo(25);
			assertThat(served("/moved")).as("and not followed").isEqualTo(25);
			assertThat(served("/client")).isZero();
			assertThat(output).contains("Warmed up with 75 requests in ").doesNotContain("WARN");
			protocol.startAccepting();
			assertThat(client.response().status()).contains("200");
		}
	}

	@Test
	void ownRequestsAreNotCountedAndThoseOfClientsAre() throws Exception {
		PoolHttp11Protocol protocol = protocol(5, LONG, "/a", "/async", "/broken");
		protocol.warmUp();
		assertThat(this.ledger.finished()).isZero();
		assertThat(this.ledger.errors()).isZero();
		protocol.startAccepting();
		try (HttpClientSocket client = new HttpClientSocket(this.port)) {
			client.request("/broken");
			client.response();
		}
		Awaitility.await().until(() -> this.ledger.inFlight() == 0 && this.ledger.finished() == 1);
		assertThat(this.ledger.errors()).isEqualTo(1);
	}

	@Test
	void aRequestThatRunsOnWhenClientsComeIsNotCountedEither(CapturedOutput output) throws Exception {
		PoolHttp11Protocol protocol = protocol(5, Duration.ofMillis(300), "/slow");
		protocol.warmUp();
		assertThat(output).contains(
				"The warm-up request GET /slow was not answered in the time that was left of unicorn.warm-up.timeout;",
				"Warmed up with 0 of 5 requests in ");
		protocol.startAccepting();
		assertThat(this.ledger.inFlight()).isZero();
		try (HttpClientSocket client = new HttpClientSocket(this.port)) {
			client.request("/");
			assertThat(client.response().body()).isEqualTo("ok");
		}
		Awaitility.await().until(() -> this.ledger.finished() == 1);
		this.slowMayEnd.countDown();
		assertThat(this.tomcat.awaitNoConnections(Duration.ofSeconds(20))).isZero();
		assertThat(this.ledger.finished()).isEqualTo(1);
	}

	@Test
	void connectionsAreNewNowAndThenBecauseThoseOfClientsWillBe() throws Exception {
		protocol(30, LONG, "/a").warmUp();
		assertThat(this.clientPorts.stream().distinct()).hasSize(3);
	}

	@Test
	void aPathThatIsAnsweredWithAnErrorIsLeftOutAndToldOfOnce(CapturedOutput output) throws Exception {
		protocol(20, LONG, "/broken", "/a").warmUp();
		assertThat(served("/broken")).isEqualTo(1);
		assertThat(served("/a")).isEqualTo(20);
		assertThat(output)
			.containsOnlyOnce("The warm-up request GET /broken was answered with status 503; "
					+ "it is not sent again, and this worker serves nevertheless")
			.contains("Warmed up with 21 requests in ");
	}

	@Test
	void ofAServerWithHttp2EveryPathBecomesWarmInBothProtocols(CapturedOutput output) throws Exception {
		String longPath = "/" + "long".repeat(100);
		String[] paths = { "/a", "/large", "/async", "/broken", longPath };
		protocol(List.of(new Http2Protocol()), 40, LONG, paths).warmUp();
		for (String path : List.of("/a", "/large", "/async", longPath)) {
			assertThat(Collections.frequency(this.protocols, "HTTP/1.1 " + path)).as(path).isEqualTo(20);
			assertThat(Collections.frequency(this.protocols, "HTTP/2.0 " + path)).as(path).isEqualTo(20);
		}
		assertThat(served("/broken")).isEqualTo(1);
		assertThat(this.ledger.finished()).isZero();
		assertThat(output).contains("Warmed up with 161 requests in ", "/broken was answered with status 503")
			.doesNotContain("failed");
	}

	@Test
	void whereHttp2DoesNotWorkTheWarmUpGoesOnWithoutIt(CapturedOutput output) throws Exception {
		protocol(List.of(new NoUpgrade()), 40, LONG, "/a").warmUp();
		assertThat(this.protocols).hasSizeBetween(39, 40).containsOnly("HTTP/1.1 /a");
		assertThat(output).containsOnlyOnce("The warm-up by HTTP/2 failed and goes on by HTTP/1.1: ")
			.doesNotContain("not sent again");
	}

	private static final class NoUpgrade extends Http2Protocol {

		@Override
		public boolean accept(Request request) {
			return false;
		}

	}

	@Test
	void whereRequestsByHttp2FailTheWarmUpGoesOnWithoutIt(CapturedOutput output) throws Exception {
		Http2Protocol http2 = new Http2Protocol();
		http2.setMaxHeaderCount(1);
		protocol(List.of(http2), 40, LONG, "/a").warmUp();
		assertThat(this.protocols).hasSizeBetween(39, 40);
		// The first one is sent as one of HTTP/1.1 that asks for the upgrade.
		assertThat(Collections.frequency(this.protocols, "HTTP/2.0 /a")).isLessThanOrEqualTo(1);
		assertThat(output).containsOnlyOnce("The warm-up by HTTP/2 failed and goes on by HTTP/1.1: ")
			.doesNotContain("not sent again");
	}

	@Test
	void withoutPathsNothingIsSentOrTold(CapturedOutput output) throws Exception {
		protocol(20, LONG).warmUp();
		assertThat(this.served).isEmpty();
		assertThat(output).doesNotContain("Warmed up");
	}

	@Test
	void aWorkerThatIsToLeaveDoesNotWaitForItsOwnRequests(CapturedOutput output) throws Exception {
		PoolHttp11Protocol protocol = protocol(5, LONG, "/slow");
		Thread warmUp = new Thread(protocol::warmUp);
		warmUp.start();
		this.slowHasBegun.await();
		protocol.stopAccepting();
		assertThat(this.tomcat.awaitNoConnections(LONG)).isZero();
		warmUp.join();
		assertThat(this.slowMayEnd.getCount()).as("the request still runs").isEqualTo(1);
		assertThat(output).doesNotContain("arm-up").doesNotContain("Warmed up");
	}

	@Test
	void aWorkerThatHasLeftDoesNotBegin(CapturedOutput output) throws Exception {
		PoolHttp11Protocol protocol = protocol(5, LONG, "/a");
		protocol.stopAccepting();
		protocol.warmUp();
		assertThat(this.served).isEmpty();
		assertThat(output).doesNotContain("arm-up").doesNotContain("Warmed up");
	}

	@Test
	void aServerOfOneConnectionAtATimeIsWarmedUpToo(CapturedOutput output) throws Exception {
		PoolHttp11Protocol protocol = protocol(15, LONG, "/a");
		protocol.setMaxConnections(1);
		protocol.setMaxKeepAliveRequests(1);
		protocol.warmUp();
		assertThat(output).contains("Warmed up with 15 requests in ").doesNotContain("WARN");
		protocol.startAccepting();
		try (HttpClientSocket client = new HttpClientSocket(this.port)) {
			client.request("/");
			assertThat(client.response().status()).contains("200");
		}
	}

	@Test
	void aServerOfOneConnectionIsNotReadyWhileItsOwnRequestHasIt() throws Exception {
		PoolHttp11Protocol protocol = protocol(1, Duration.ofMillis(200), "/slow");
		protocol.setMaxConnections(1);
		Thread warmUp = new Thread(protocol::warmUp);
		warmUp.start();
		this.slowHasBegun.await();
		warmUp.join(500);
		assertThat(warmUp.isAlive()).isTrue();
		this.slowMayEnd.countDown();
		warmUp.join();
		assertThat(protocol.connections()).isZero();
	}

	@Test
	void nothingButTheOwnConnectionIsLetIn() throws Exception {
		PoolHttp11Protocol protocol = protocol(50, LONG, "/a");
		try (HttpClientSocket client = new HttpClientSocket(this.port)) {
			client.request("/client");
			protocol.warmUp();
			client.timeout(100);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::response);
		}
	}

	@Test
	void anotherProcessThatFindsThePortOfTheWarmUpIsRefused(CapturedOutput output) throws Exception {
		protocol(1, LONG, "/intruded").warmUp();
		assertThat(this.refusals).containsExactly("HTTP/1.1 503 ");
		assertThat(served("/stranger")).isZero();
		HttpClientSocket intruder = this.intruders.get(0);
		assertThat(intruder.end()).as("the last chunk of an empty body").isEqualTo("0");
		assertThat(intruder.end()).isEmpty();
		assertThat(intruder.end()).as("the connection has ended").isNull();
		assertThat(output).contains("Warmed up with 1 requests in ").doesNotContain("WARN");
	}

	@Test
	void afterTheWarmUpNothingListensOnItsPorts() throws Exception {
		protocol(30, LONG, "/a").warmUp();
		assertThat(this.serverPorts.stream().distinct()).hasSize(3);
		// A thread that is in accept keeps the kernel's socket until it has left the
		// call.
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.serverPorts)
				.allSatisfy((port) -> assertThatExceptionOfType(ConnectException.class)
					.isThrownBy(() -> new HttpClientSocket(port))));
	}

	@Test
	void noThreadOutlivesTheWarmUp() throws Exception {
		// Clients of other tests may not be collected yet.
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		protocol(List.of(new Http2Protocol()), 20, LONG, "/a").warmUp();
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> !before.contains(thread))
				.extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("HttpClient-") || name.startsWith("unicorn-warm-up")));
	}

	@Test
	void aPathThatIsNoUriIsLeftOutAndToldOfOnce(CapturedOutput output) throws Exception {
		protocol(5, LONG, "/{a}", "/a").warmUp();
		assertThat(output).containsOnlyOnce("The warm-up request GET /{a} cannot be sent: ")
			.contains("Warmed up with 5 requests in ");
	}

}
