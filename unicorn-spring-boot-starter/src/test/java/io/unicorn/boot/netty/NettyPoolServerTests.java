package io.unicorn.boot.netty;

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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import jnr.ffi.LibraryLoader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerRoutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the agent relies on, against the real Reactor Netty.
 */
@Timeout(120)
class NettyPoolServerTests {

	private static final int F_DUPFD_CLOEXEC = 1030;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final Sinks.Empty<Void> goOn = Sinks.empty();

	private final CountDownLatch slowHasBegun = new CountDownLatch(1);

	private final AtomicInteger served = new AtomicInteger();

	private final List<Integer> intruders = new CopyOnWriteArrayList<>();

	private final ServerSocketChannel listener;

	private final int port;

	private PooledNetty netty;

	NettyPoolServerTests() throws IOException {
		this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.port = ((InetSocketAddress) this.listener.getLocalAddress()).getPort();
		this.netty = new PooledNetty(this.listener, this.ledger, this::routes);
	}

	private void routes(HttpServerRoutes routes) {
		routes.get("/", (request, response) -> {
			this.served.incrementAndGet();
			return response.sendString(Mono.just("ok"));
		}).get("/slow", (request, response) -> {
			this.slowHasBegun.countDown();
			return response.sendString(this.goOn.asMono().thenReturn("ok"));
		})
			.get("/pieces", (request, response) -> response.sendString(Flux.just("a", "b", "c")))
			.get("/broken", (request, response) -> response.status(503).send())
			.get("/fails", (request, response) -> Mono.error(new IllegalStateException("deliberate")))
			.post("/early", (request, response) -> response.sendString(Mono.just("early")))
			.post("/length",
					(request, response) -> response
						.sendString(request.receive().aggregate().asString().map((text) -> text.length() + "")))
			.get("/intruded", (request, response) -> response
				.sendString(Mono.fromSupplier(() -> intrude(request)).map(Object::toString)));
	}

	/** While the warm-up waits for an answer, the port of its connection is open. */
	private int intrude(HttpServerRequest request) {
		try (Client intruder = new Client(request.hostPort())) {
			Thread asking = new Thread(() -> {
				try {
					this.intruders.add(intruder.get("/").response().status());
				}
				catch (IOException ex) {
					this.intruders.add(0);
				}
			});
			asking.start();
			asking.join();
			return 0;
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@AfterEach
	void stop() {
		this.goOn.tryEmitEmpty();
		this.netty.close();
	}

	private void restart(Integer mostConnections, WarmUpPlan plan) throws IOException {
		this.netty = new PooledNetty(this.listener, this.ledger, mostConnections, plan, this::routes);
	}

	@Test
	void theListenerIsTheOneThatWasGivenAndStaysBlocking() throws Exception {
		assertThat(this.netty.port()).isEqualTo(this.port);
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			assertThat(client.get("/").response()).isEqualTo(new Client.Response(200, false, "ok"));
		}
		assertThat(this.listener.isBlocking()).isTrue();
	}

	@Test
	void nothingIsAcceptedBeforeTheWorkerIsReady() throws Exception {
		try (Client client = new Client(this.port)) {
			client.get("/").timeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::response);
			assertThat(this.netty.server().connections()).isZero();
			this.netty.server().startAccepting();
			client.timeout(20_000);
			assertThat(client.response().status()).isEqualTo(200);
			assertThat(this.netty.server().connections()).isEqualTo(1);
		}
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void aServerWhoseConnectionsEndGoesOnAccepting() throws Exception {
		try (Client idle = new Client(this.port)) {
			this.netty.server().startAccepting();
			assertThat(idle.get("/").response()).isEqualTo(new Client.Response(200, false, "ok"));
			this.netty.server().endConnections();
			assertThat(idle.get("/pieces").response()).isEqualTo(new Client.Response(200, true, "abc"));
			assertThat(idle.hasEnded()).isTrue();
			try (Client later = new Client(this.port)) {
				assertThat(later.get("/").response()).isEqualTo(new Client.Response(200, true, "ok"));
				assertThat(later.hasEnded()).isTrue();
			}
			this.netty.server().stopAccepting();
			assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
		}
	}

	@Test
	void aWorkerThatNeverBecameReadyStopsAtOnce() {
		this.netty.server().stopAccepting();
		assertThat(this.netty.server().awaitNoConnections(Duration.ZERO)).isZero();
	}

	@Test
	void anIdleConnectionHasItsNextRequestServedAndThenEnds() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			assertThat(client.get("/").response().last()).isFalse();
			this.netty.server().stopAccepting();
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			assertThat(client.get("/").response()).isEqualTo(new Client.Response(200, true, "ok"));
			assertThat(client.hasEnded()).isTrue();
		}
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void newConnectionsAreRefusedOnceTheOnlyListenerIsClosed() {
		this.netty.server().startAccepting();
		this.netty.server().stopAccepting();
		this.netty.server().stopAccepting();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Client(this.port));
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void aRequestThatRunsIsFinishedAndEndsItsConnection() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			client.get("/slow");
			this.slowHasBegun.await();
			this.netty.server().stopAccepting();
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			this.goOn.tryEmitEmpty();
			assertThat(client.response()).isEqualTo(new Client.Response(200, true, "ok"));
			assertThat(client.hasEnded()).isTrue();
		}
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void aConnectionThatHasSentNothingYetIsServedToo() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			Awaitility.await().until(() -> this.netty.server().connections() == 1);
			this.netty.server().stopAccepting();
			assertThat(client.get("/").response().last()).isTrue();
			assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
		}
	}

	@Test
	void anUploadIsReceivedToItsEndEvenIfItIsAnsweredBefore() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			client.send("POST /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
			Awaitility.await().until(() -> this.ledger.finished() == 1);
			this.netty.server().stopAccepting();
			assertThat(client.response()).isEqualTo(new Client.Response(200, false, "early"));
			client.send("67890POST /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
			assertThat(client.response()).as("not at its end yet").isEqualTo(new Client.Response(200, false, "early"));
			client.send("67890POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1234567890");
			assertThat(client.response()).isEqualTo(new Client.Response(200, true, "10"));
			assertThat(client.hasEnded()).isTrue();
		}
	}

	@Test
	void withAsManyConnectionsAsItMayHaveAWorkerLeavesTheNextOneToOthers() throws Exception {
		restart(2, WarmUpPlan.NONE);
		this.netty.server().startAccepting();
		try (Client first = new Client(this.port); Client second = new Client(this.port)) {
			first.get("/").response();
			second.get("/").response();
			try (Client third = new Client(this.port)) {
				third.get("/").timeout(300);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(third::response);
				assertThat(this.netty.server().connections()).isEqualTo(2);
				first.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
				third.timeout(20_000);
				assertThat(third.response().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aFullWorkerStopsAtOnce() throws Exception {
		restart(1, WarmUpPlan.NONE);
		this.netty.server().startAccepting();
		try (Client only = new Client(this.port)) {
			only.get("/").response();
			this.netty.server().stopAccepting();
			assertThat(only.get("/").response().last()).isTrue();
		}
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void requestsAreCountedFromTheirHeadUntilTheirResponseIsWritten() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port); Client slow = new Client(this.port)) {
			slow.get("/slow");
			this.slowHasBegun.await();
			client.get("/").response();
			client.get("/pieces").response();
			Awaitility.await().until(() -> this.ledger.finished() == 2);
			assertThat(this.ledger.inFlight()).isEqualTo(1);
			this.goOn.tryEmitEmpty();
			slow.response();
			Awaitility.await().until(() -> this.ledger.finished() == 3);
			assertThat(this.ledger.inFlight()).isZero();
			assertThat(this.ledger.errors()).isZero();
		}
	}

	@Test
	void aResponseThatSaysSoIsAnError() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			assertThat(client.get("/broken").response().status()).isEqualTo(503);
			assertThat(client.get("/none").response().status()).isEqualTo(404);
			assertThat(client.get("/fails").response().status()).isEqualTo(500);
		}
		Awaitility.await().until(() -> this.ledger.finished() == 3);
		assertThat(this.ledger.errors()).isEqualTo(2);
	}

	@Test
	void aRequestWhoseClientLeavesEnds() throws Exception {
		this.netty.server().startAccepting();
		try (Client client = new Client(this.port)) {
			client.get("/slow");
			this.slowHasBegun.await();
			assertThat(this.ledger.inFlight()).isEqualTo(1);
		}
		Awaitility.await().until(() -> this.ledger.finished() == 1);
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void ownRequestsAreServedAndNotCountedWhileClientsWait() throws Exception {
		restart(null, new WarmUpPlan(List.of("/", "/broken"), 40, Duration.ofSeconds(50)));
		try (Client client = new Client(this.port)) {
			client.get("/pieces");
			this.netty.server().warmUp();
			assertThat(this.served).hasValue(40);
			assertThat(this.ledger.finished()).isZero();
			assertThat(this.ledger.errors()).isZero();
			this.netty.server().startAccepting();
			assertThat(client.response().body()).isEqualTo("abc");
		}
		Awaitility.await().until(() -> this.ledger.finished() == 1);
	}

	@Test
	void anotherProcessThatFindsThePortOfTheWarmUpIsRefused() throws Exception {
		restart(null, new WarmUpPlan(List.of("/intruded"), 1, Duration.ofSeconds(50)));
		this.netty.server().warmUp();
		assertThat(this.intruders).containsExactly(503);
		assertThat(this.served).hasValue(0);
	}

	/**
	 * One listening socket, of which each server gets a descriptor of its own, as workers
	 * do.
	 */
	@Test
	void underFullLoadWorkersComeAndGoAndNoClientNotices() throws Exception {
		Posix posix = new JnrPosix();
		Copier copier = LibraryLoader.create(Copier.class).load("c");
		Listener shared = posix.listen(InetAddress.getLoopbackAddress(), 0, 1024);
		int sharedPort = ((InetSocketAddress) shared.address()).getPort();
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger answered = new AtomicInteger();
		Queue<String> failures = new ConcurrentLinkedQueue<>();
		List<Thread> clients = new ArrayList<>();
		PooledNetty current = new PooledNetty(copy(copier, shared.fd()), this.ledger, this::routes);
		try {
			current.server().startAccepting();
			for (int i = 0; i < 8; i++) {
				Thread client = new Thread(() -> hammer(sharedPort, over, answered, failures));
				clients.add(client);
				client.start();
			}
			for (int round = 0; round < 8; round++) {
				int before = answered.get();
				Awaitility.await().until(() -> answered.get() > before + 200 || !failures.isEmpty());
				PooledNetty next = new PooledNetty(copy(copier, shared.fd()), this.ledger, this::routes);
				next.server().startAccepting();
				current.server().stopAccepting();
				assertThat(current.server().awaitNoConnections(PATIENCE)).as("round %s", round).isZero();
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
		assertThat(failures).as("of %s requests", answered).isEmpty();
	}

	private static ServerSocketChannel copy(Copier copier, int fd) throws IOException {
		int copy = copier.fcntl(fd, F_DUPFD_CLOEXEC, 100);
		assertThat(copy).isPositive();
		return new InheritedListeners("http:" + copy).take("http");
	}

	/** A new connection for each ten requests. */
	private static void hammer(int port, AtomicBoolean over, AtomicInteger answered, Queue<String> failures) {
		while (!over.get() && failures.size() < 10) {
			try (Client client = new Client(port)) {
				boolean last = false;
				for (int i = 0; i < 10 && !last; i++) {
					Client.Response response = client.get("/pieces").response();
					if (response.status() != 200 || !response.body().equals("abc")) {
						failures.add(response.toString());
					}
					last = response.last();
					answered.incrementAndGet();
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
