package io.unicorn.sample.connections;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.http.Http2Client;
import io.unicorn.sample.testsupport.http.RawConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Haproxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a pool behind proxies that say who their clients are.
 */
@OneJdk
class ProxyProtocolIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final byte[] TEXT = text("PROXY TCP4 203.0.113.7 198.51.100.9 56324 443\r\n");

	/** The same of a client with the address 203.0.113.8. */
	private static final byte[] BINARY = HexFormat.of()
		.parseHex("0d0a0d0a000d0a515549540a2111000ccb007108c6336409dc0401bb");

	private static final String SEEN = "203.0.113.7 56324 to 198.51.100.9 443\n";

	private static final String REFUSED = "Connections closed because of unicorn.proxy-protocol: ";

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory;

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private RunningPool start(String... args) {
		return startOn("tomcat", args);
	}

	private RunningPool startOn(String server, String... args) {
		Path jar = ServerApp.on(server).overwrite(this.directory.resolve("app.jar"));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.jar(jar)
			.bootingFast()
			.args("--unicorn.workers=2", "--unicorn.proxy-protocol=auto", "--unicorn.rollout.health=none")
			.args(args));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
		return pool;
	}

	private RawConnection connect(RunningPool pool, byte[] header) throws IOException {
		return this.pools.closing(new RawConnection(pool.port(), null, "")).send(header);
	}

	/** Check that the connection ends without an answer. */
	private static void assertClosed(Socket client, byte[] bytes) throws IOException {
		try (client) {
			client.setSoTimeout((int) TIMEOUT.toMillis());
			client.getOutputStream().write(bytes);
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageFindingMatch("reset|Broken pipe");
		}
	}

	private static Socket connect(RunningPool pool, String from) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), pool.port(), InetAddress.getByName(from), 0);
	}

	@Test
	void theApplicationAndItsAccessLogSeeTheClientOfTheProxy() throws Exception {
		Path logs = this.directory.resolve("logs");
		RunningPool pool = start("--server.tomcat.accesslog.enabled=true", "--server.tomcat.accesslog.buffered=false",
				"--server.tomcat.accesslog.directory=" + logs, "--server.tomcat.accesslog.pattern=%a %{remote}p %U",
				"--server.http2.enabled=true", "--server.forward-headers-strategy=native");
		RawConnection first = connect(pool, TEXT);
		RawConnection second = connect(pool, BINARY);
		for (int i = 0; i < 3; i++) {
			assertThat(first.get("/remote").response().text()).isEqualTo(SEEN);
			assertThat(second.get("/remote").response().text()).isEqualTo(SEEN.replace("113.7", "113.8"));
		}
		Http2Client http2 = connect(pool, TEXT).http2();
		http2.get(1, "/remote");
		http2.get(3, "/remote");
		assertThat(List.of(http2.awaitAnswer(1), http2.awaitAnswer(3))).containsOnly(SEEN);
		assertThat(connect(pool, text("PROXY UNKNOWN\r\n")).get("/remote").response().text()).startsWith("127.0.0.1 ")
			.endsWith(" to 127.0.0.1 " + pool.port() + "\n");
		// Only another proxy on the way is believed what it says in headers of HTTP.
		String forwarded = "X-Forwarded-For: 192.0.2.99";
		assertThat(connect(pool, TEXT).get("/remote", forwarded).response().text()).isEqualTo(SEEN);
		assertThat(
				connect(pool, text("PROXY TCP4 10.1.2.3 10.1.2.4 1 2\r\n")).get("/remote", forwarded).response().text())
			.startsWith("192.0.2.99 ");
		Await.until(TIMEOUT, () -> "the access log: " + lines(logs),
				() -> lines(logs).stream().filter("203.0.113.7 56324 /remote"::equals).count() == 6
						&& lines(logs).stream().filter("203.0.113.8 56324 /remote"::equals).count() == 3);
		assertThat(pool.output()).doesNotContain(REFUSED);
		assertThat(pool.stop()).isZero();
	}

	private static List<String> lines(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.flatMap((file) -> {
				try {
					return Files.readAllLines(file).stream();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}).toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void connectionsWithoutAValidHeaderAreClosedWithoutAnAnswer() throws Exception {
		RunningPool pool = start("--unicorn.worker-class=sync", "--unicorn.proxy-allow-ips=127.0.0.1,127.0.1.0/24");
		byte[] request = text("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n");
		for (int i = 0; i < 10; i++) {
			assertClosed(connect(pool, "127.0.0.1"), request);
			assertClosed(connect(pool, "127.0.0.1"), text("PROXY TCP4 203.0.113.7 nowhere 56324 443\r\n"));
			assertClosed(connect(pool, "127.0.0.2"), TEXT);
			try (Socket looking = connect(pool, "127.0.0.1")) {
				looking.shutdownOutput();
				assertThat(looking.getInputStream().read()).isEqualTo(-1);
			}
		}
		try (Socket allowed = connect(pool, "127.0.1.7")) {
			allowed.getOutputStream().write(TEXT);
			allowed.getOutputStream()
				.write(text("GET /remote HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
			assertThat(new String(allowed.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).endsWith(SEEN);
		}
		// One of each worker that has closed any; the next ones would come after a while.
		assertThat(pool.output().split(Pattern.quote(REFUSED), -1).length - 1).isBetween(1, 2);
		RawConnection silent = connect(pool, TEXT);
		RawConnection other = connect(pool, TEXT);
		assertThat(connect(pool, BINARY).get("/remote").response().status()).isEqualTo(200);
		assertThat(other.get("/remote").response().text()).isEqualTo(SEEN);
		assertThat(silent.get("/remote").response().text()).isEqualTo(SEEN);
		assertThat(pool.stop()).isZero();
	}

	@Test
	void theHeaderPrecedesTheHandshakeOfTls() throws Exception {
		SelfSigned certificate = SelfSigned.in(this.directory);
		RunningPool pool = start(certificate.args());
		for (byte[] header : List.of(TEXT, BINARY)) {
			assertThat(securely(pool, certificate, header)).contains("203.0.113.", " 56324 to 198.51.100.9 443\n");
		}
		assertThat(pool.stop()).isZero();
	}

	@ParameterizedTest
	@Nightly
	@ValueSource(strings = { "jetty", "reactor-netty" })
	void otherServersShowTheClientOfTheProxyToo(String server) throws Exception {
		SelfSigned certificate = SelfSigned.in(this.directory);
		RunningPool plain = startOn(server, "--server.http2.enabled=true");
		RawConnection first = connect(plain, TEXT);
		RawConnection second = connect(plain, BINARY);
		for (int i = 0; i < 3; i++) {
			assertThat(first.get("/remote").response().text()).isEqualTo(SEEN);
			assertThat(second.get("/remote").response().text()).isEqualTo(SEEN.replace("113.7", "113.8"));
		}
		Http2Client http2 = connect(plain, TEXT).http2();
		http2.get(1, "/remote");
		http2.get(3, "/remote");
		assertThat(List.of(http2.awaitAnswer(1), http2.awaitAnswer(3))).containsOnly(SEEN);
		assertThat(connect(plain, text("PROXY UNKNOWN\r\n")).get("/remote").response().text()).startsWith("127.0.0.1 ");
		assertClosed(connect(plain, "127.0.0.1"), text("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n"));
		assertClosed(connect(plain, "127.0.0.2"), TEXT);
		plain.awaitOutput(REFUSED, TIMEOUT);
		assertThat(plain.stop()).isZero();
		RunningPool secure = startOn(server, certificate.args());
		assertThat(securely(secure, certificate, TEXT)).endsWith(SEEN);
		assertThat(secure.stop()).isZero();
	}

	private static String securely(RunningPool pool, SelfSigned certificate, byte[] header) throws Exception {
		try (Socket socket = connect(pool, "127.0.0.1")) {
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			socket.getOutputStream().write(header);
			try (Socket secure = certificate.trusting().createSocket(socket, "localhost", pool.port(), true)) {
				secure.getOutputStream()
					.write(text("GET /remote HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
				return new String(secure.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			}
		}
	}

	/** The proxy passes each connection on as it is, so that each loss is seen. */
	@Nightly
	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty", "reactor-netty" })
	void behindHaproxyRolloutsLoseNoRequest(String server) throws Exception {
		RunningPool pool = startOn(server);
		Haproxy proxy = this.pools.closing(Haproxy.start(this.directory, pool.port(), "send-proxy-v2"));
		Haproxy older = this.pools.closing(Haproxy.start(this.directory, pool.port(), "send-proxy"));
		for (Haproxy each : List.of(proxy, older)) {
			try (Socket client = new Socket()) {
				client.bind(new InetSocketAddress("127.0.0.3", 0));
				client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), each.port()));
				client.getOutputStream()
					.write(text("GET /remote HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
				assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.endsWith("127.0.0.3 " + client.getLocalPort() + " to 127.0.0.1 " + each.port() + "\n");
			}
		}
		LoadClient load = this.pools.closing(LoadClient.on(proxy.port())
			.keepAlive(4)
			.connectionPerRequest(4)
			.get("/whoami", "/sleep?ms=20")
			.timeout(Duration.ofSeconds(30))
			// Booting workers get what the load leaves of the processors.
			.pause(Duration.ofMillis(25))
			.start());
		for (int rollout = 1; rollout <= 2; rollout++) {
			int mark = pool.mark();
			pool.signal("HUP");
			pool.awaitOutputAfter(mark, Pattern.compile("roll-out \\d+: complete"), RunningPool.PATIENCE);
		}
		load.stop().assertFlawless();
		assertThat(pool.output()).doesNotContain(REFUSED, "was killed");
		assertThat(pool.stop()).isZero();
	}

}
