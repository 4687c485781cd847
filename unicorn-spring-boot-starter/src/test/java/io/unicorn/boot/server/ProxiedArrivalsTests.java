package io.unicorn.boot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests arrivals with headers of proxies, on real sockets.
 */
@Timeout(60)
class ProxiedArrivalsTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final String LOOPBACK = "127.0.0.1";

	private static final String HEADER = "PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n";

	private static final ProxyAddresses SAID = new ProxyAddresses(new InetSocketAddress("192.0.2.1", 56324),
			new InetSocketAddress("198.51.100.9", 443));

	private static final String REQUEST = "GET / HTTP/1.1\r\n\r\n";

	private final List<AutoCloseable> open = new ArrayList<>();

	private ProxiedConnections proxied = new ProxiedConnections(ProxyProtocol.AUTO, List.of(LOOPBACK), LONG);

	private ServerSocketChannel listener;

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable each : this.open) {
			each.close();
		}
	}

	private Arrivals arrivals(Duration silence) throws IOException {
		this.listener = ServerSocketChannel.open();
		this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
		return arrivalsAt(this.listener, silence);
	}

	private Arrivals arrivalsAt(ServerSocketChannel at, Duration silence) throws IOException {
		this.open.add(at);
		Arrivals arrivals = Arrivals.proxiedAt(List.of(at), silence, this.proxied);
		this.open.add(arrivals::close);
		return arrivals;
	}

	private SocketChannel connect() throws IOException {
		SocketChannel client = SocketChannel.open(this.listener.getLocalAddress());
		this.open.add(client);
		return client;
	}

	private static void send(SocketChannel client, String text) throws IOException {
		client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
	}

	private static CompletableFuture<SocketChannel> accept(Arrivals arrivals) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return arrivals.accept();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> new Thread(task).start());
	}

	/** Check that the server gets this connection, and what follows its header. */
	private void assertServed(SocketChannel accepted, SocketChannel client, String following) throws IOException {
		assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
		assertThat(accepted.isBlocking()).isTrue();
		assertThat(accepted.isRegistered()).isFalse();
		client.shutdownOutput();
		assertThat(rest(accepted)).isEqualTo(following);
	}

	private static String rest(SocketChannel connection) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(1000);
		while (connection.read(bytes) >= 0) {
			assertThat(bytes.hasRemaining()).isTrue();
		}
		return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
	}

	/** Check that the connection ends without an answer. */
	private static void assertClosed(SocketChannel client) {
		try {
			assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	@Test
	void whatFollowsTheHeaderInTheSamePacketIsLeftToTheServer() throws Exception {
		Arrivals arrivals = arrivals(Duration.ZERO);
		SocketChannel client = connect();
		send(client, HEADER + REQUEST);
		SocketChannel accepted = arrivals.accept();
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertThat(this.proxied.take(accepted)).isNull();
		assertServed(accepted, client, REQUEST);
	}

	@Test
	void aClientMayBeSilentAfterTheHeader() throws Exception {
		Arrivals arrivals = arrivals(Duration.ZERO);
		SocketChannel client = connect();
		send(client, HEADER);
		SocketChannel accepted = arrivals.accept();
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertServed(accepted, client, "");
	}

	@Test
	void aServerOfOneConnectionGetsItWhenTheClientHasSpokenAfterTheHeader() throws Exception {
		Arrivals arrivals = arrivals(LONG);
		SocketChannel silent = connect();
		send(silent, HEADER);
		SocketChannel speaking = connect();
		send(speaking, HEADER + REQUEST);
		assertServed(arrivals.accept(), speaking, REQUEST);
		Awaitility.await().until(() -> arrivals.waiting() == 1);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		send(silent, REQUEST);
		SocketChannel accepted = next.get(20, TimeUnit.SECONDS);
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertServed(accepted, silent, REQUEST);
	}

	@Test
	void clientsWithASlowHeaderOrNoneKeepNobodyWaiting() throws Exception {
		Arrivals arrivals = arrivals(Duration.ZERO);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel silent = connect();
		SocketChannel slow = connect();
		for (char each : HEADER.substring(0, HEADER.length() - 1).toCharArray()) {
			send(slow, String.valueOf(each));
		}
		Awaitility.await().until(() -> arrivals.waiting() == 2);
		SocketChannel other = connect();
		send(other, "PROXY UNKNOWN\r\n" + REQUEST);
		SocketChannel accepted = next.get(20, TimeUnit.SECONDS);
		assertThat(this.proxied.take(accepted)).isNull();
		assertServed(accepted, other, REQUEST);
		send(slow, "\n" + REQUEST);
		accepted = arrivals.accept();
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertServed(accepted, slow, REQUEST);
		send(silent, HEADER);
		assertServed(arrivals.accept(), silent, "");
	}

	@Test
	void aClientWithoutAHeaderInTimeIsClosed() throws Exception {
		this.proxied = new ProxiedConnections(ProxyProtocol.AUTO, List.of(LOOPBACK), Duration.ofMillis(100));
		Arrivals arrivals = arrivals(LONG);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel silent = connect();
		SocketChannel slow = connect();
		send(slow, HEADER.substring(0, 20));
		assertClosed(silent);
		assertClosed(slow);
		assertThat(next).isNotDone();
		SocketChannel other = connect();
		send(other, HEADER + REQUEST);
		assertServed(next.get(20, TimeUnit.SECONDS), other, REQUEST);
		assertThat(arrivals.waiting()).isZero();
	}

	@Test
	void aClientWithoutAHeaderIsClosed() throws Exception {
		Arrivals arrivals = arrivals(Duration.ZERO);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		for (String begin : List.of(REQUEST, "PROXY TCP4 nowhere.example.org 192.0.2.9 1 20000\r\n" + REQUEST)) {
			SocketChannel wrong = connect();
			send(wrong, begin);
			assertClosed(wrong);
		}
		SocketChannel leaving = connect();
		leaving.close();
		SocketChannel client = connect();
		send(client, HEADER);
		assertServed(next.get(20, TimeUnit.SECONDS), client, "");
		assertThat(arrivals.waiting()).isZero();
	}

	@Test
	void aClientThatIsNotAllowedIsClosedHoweverItBegins() throws Exception {
		this.proxied = new ProxiedConnections(ProxyProtocol.AUTO, List.of("127.0.0.2", "::1"), LONG);
		Arrivals arrivals = arrivals(Duration.ZERO);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel stranger = connect();
		assertClosed(stranger);
		SocketChannel allowed = SocketChannel.open();
		this.open.add(allowed);
		allowed.bind(new InetSocketAddress("127.0.0.2", 0)).connect(this.listener.getLocalAddress());
		send(allowed, HEADER + REQUEST);
		SocketChannel accepted = next.get(20, TimeUnit.SECONDS);
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertServed(accepted, allowed, REQUEST);
	}

	@Test
	void aPeerAtAUnixSocketIsAllowed(@TempDir Path directory) throws Exception {
		this.proxied = new ProxiedConnections(ProxyProtocol.AUTO, List.of(), LONG);
		ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
		unix.bind(address);
		Arrivals arrivals = arrivalsAt(unix, Duration.ZERO);
		SocketChannel client = SocketChannel.open(address);
		this.open.add(client);
		send(client, HEADER + REQUEST);
		SocketChannel accepted = arrivals.accept();
		assertThat(this.proxied.take(accepted)).isEqualTo(SAID);
		assertServed(accepted, client, REQUEST);
	}

	@Test
	void closeWaitsForAHeaderThatIsUnderWay() throws Exception {
		Arrivals arrivals = arrivals(Duration.ZERO);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel late = connect();
		SocketChannel silent = connect();
		Awaitility.await().until(() -> arrivals.waiting() == 2);
		CompletableFuture<List<SocketChannel>> closed = CompletableFuture.supplyAsync(() -> {
			try {
				return arrivals.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> new Thread(task).start());
		assertThat(next).failsWithin(Duration.ofSeconds(20));
		send(late, HEADER + REQUEST);
		List<SocketChannel> left = closed.get(20, TimeUnit.SECONDS);
		assertThat(left).hasSize(1);
		assertThat(this.proxied.take(left.get(0))).isEqualTo(SAID);
		assertServed(left.get(0), late, REQUEST);
		assertClosed(silent);
	}

	@Test
	void closeReturnsClientsThatAreSilentAfterTheirHeader() throws Exception {
		Arrivals arrivals = arrivals(LONG);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel client = connect();
		send(client, HEADER);
		Awaitility.await().until(() -> arrivals.waiting() == 1);
		List<SocketChannel> left = arrivals.close();
		assertThat(next).failsWithin(Duration.ofSeconds(20));
		assertThat(left).hasSize(1);
		assertThat(this.proxied.take(left.get(0))).isEqualTo(SAID);
		assertServed(left.get(0), client, "");
	}

}
