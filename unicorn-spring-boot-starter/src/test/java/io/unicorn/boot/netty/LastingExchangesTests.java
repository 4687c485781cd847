package io.unicorn.boot.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.worker.RequestLedger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRoutes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How streams of events, WebSocket sessions and connections of HTTP/2 end, on a real
 * Reactor Netty.
 */
@Timeout(120)
class LastingExchangesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String EVENTS = "Accept: text/event-stream";

	private static final int TEXT = 1;

	private static final int CLOSE = 8;

	private static final byte[] GOING_AWAY = { 3, (byte) 0xe9 };

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int GOAWAY = 7;

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final Sinks.Empty<Void> goOn = Sinks.empty();

	/** What the application has noticed. */
	private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

	private PooledNetty netty;

	@BeforeEach
	void start() throws IOException {
		this.netty = new PooledNetty(
				ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
				this.ledger, this::routes);
		this.netty.server().startAccepting();
	}

	private void routes(HttpServerRoutes routes) {
		routes.get("/", (request, response) -> response.sendString(Mono.just("ok")))
			.get("/idle", (request, response) -> response.sse().sendString(stream(Flux.just("data:1\n\n"))))
			.post("/idle",
					(request, response) -> response.sse()
						.sendString(Flux.concat(Mono.just("data:1\n\n"), this.goOn.asMono().thenReturn("data:2\n\n"))))
			.get("/halfway",
					(request, response) -> response.sse()
						.sendString(stream(Flux.concat(Mono.just("data:1\n\ndata:2"),
								this.goOn.asMono().thenMany(Flux.just("\n", "\n", "data:3\n\n"))))))
			.get("/torrent", (request, response) -> response.sse().sendString(stream(torrent())))
			.get("/slow", (request, response) -> response.sendString(this.goOn.asMono().thenReturn("ok")))
			.ws("/ws", (in, out) -> {
				in.receiveCloseStatus().subscribe((status) -> this.seen.add("code " + status.code()));
				return out.sendString(in.receive().asString());
			});
	}

	private static Flux<String> torrent() {
		return Flux.generate(() -> 0, (line, sink) -> {
			sink.next(List.of("id:" + line / 3 + "\n", "data:x\n", "\n").get(line % 3));
			return line + 1;
		});
	}

	private Flux<String> stream(Flux<String> events) {
		return Flux.concat(events, Flux.never()).doOnCancel(() -> this.seen.add("cancelled"));
	}

	@AfterEach
	void stop() {
		this.goOn.tryEmitEmpty();
		this.netty.close();
	}

	private Client connect() throws IOException {
		return new Client(this.netty.port());
	}

	private void leavesWithoutConnections() {
		assertThat(this.netty.server().awaitNoConnections(PATIENCE)).isZero();
		Awaitility.await().until(() -> this.ledger.inFlight() == 0);
	}

	@Test
	void anIdleStreamOfEventsEndsWithItsLastChunk() throws Exception {
		try (Client client = connect()) {
			client.get("/idle", EVENTS);
			assertThat(client.head().toLowerCase(Locale.ROOT)).contains("connection: close",
					"transfer-encoding: chunked");
			assertThat(client.chunk()).isEqualTo("data:1\n\n");
			this.netty.server().endConnections();
			this.netty.server().stopAccepting();
			assertThat(client.chunk()).isEmpty();
			assertThat(client.hasEnded()).isTrue();
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
			leavesWithoutConnections();
		}
	}

	@Test
	void anEventThatIsHalfSentIsCompletedFirst() throws Exception {
		try (Client client = connect()) {
			client.get("/halfway", EVENTS).head();
			assertThat(client.chunk()).isEqualTo("data:1\n\ndata:2");
			this.netty.server().stopAccepting();
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			this.goOn.tryEmitEmpty();
			assertThat(client.chunks()).isEqualTo("\n\n");
			assertThat(client.hasEnded()).isTrue();
			leavesWithoutConnections();
		}
	}

	@Test
	void aStreamThatNeverPausesEndsBetweenTwoEvents() throws Exception {
		try (Client client = connect()) {
			client.get("/torrent", EVENTS).head();
			StringBuilder body = new StringBuilder();
			for (int i = 0; i < 100; i++) {
				body.append(client.chunk());
			}
			this.netty.server().stopAccepting();
			body.append(client.chunks());
			assertThat(client.hasEnded()).isTrue();
			String[] events = body.toString().split("\n\n", -1);
			assertThat(events[events.length - 1]).isEmpty();
			for (int i = 0; i < events.length - 1; i++) {
				assertThat(events[i]).isEqualTo("id:" + i + "\ndata:x");
			}
			leavesWithoutConnections();
		}
	}

	@Test
	void theEventsThatAnswerAPostAreSentToTheirEnd() throws Exception {
		try (Client client = connect()) {
			client.send("POST /idle HTTP/1.1\r\nHost: localhost\r\n" + EVENTS + "\r\nContent-Length: 0\r\n\r\n").head();
			assertThat(client.chunk()).isEqualTo("data:1\n\n");
			this.netty.server().stopAccepting();
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			this.goOn.tryEmitEmpty();
			assertThat(client.chunks()).isEqualTo("data:2\n\n");
		}
	}

	@Test
	void aStreamThatBeginsDuringTheDrainEndsToo() throws Exception {
		try (Client client = connect()) {
			client.get("/").response();
			this.netty.server().stopAccepting();
			client.get("/idle", EVENTS).head();
			client.chunks();
			assertThat(client.hasEnded()).isTrue();
			leavesWithoutConnections();
		}
	}

	@Test
	void aWebSocketSessionIsClosedAsGoingAway() throws Exception {
		try (Client client = connect()) {
			client.upgradeToWebSocket();
			client.sendFrame(TEXT, "hello".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.frame(TEXT)).asString().isEqualTo("hello");
			Awaitility.await().until(() -> this.ledger.finished() == 1);
			this.netty.server().endConnections();
			client.sendFrame(TEXT, "still there".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.frame(TEXT)).asString().isEqualTo("still there");
			this.netty.server().stopAccepting();
			assertThat(client.frame(CLOSE)).isEqualTo(GOING_AWAY);
			// Before the client has read the end.
			client.sendFrame(TEXT, "late".getBytes(StandardCharsets.US_ASCII));
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(200))).isEqualTo(1);
			client.sendFrame(CLOSE, GOING_AWAY);
			assertThat(client.hasEnded()).isTrue();
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("code 1001");
			leavesWithoutConnections();
		}
	}

	@Test
	void aWebSocketSessionThatBeginsDuringTheDrainIsClosedToo() throws Exception {
		try (Client client = connect()) {
			client.get("/").response();
			this.netty.server().stopAccepting();
			client.upgradeToWebSocket();
			assertThat(client.frame(CLOSE)).isEqualTo(GOING_AWAY);
			client.sendFrame(CLOSE, GOING_AWAY);
			assertThat(client.hasEnded()).isTrue();
			leavesWithoutConnections();
		}
	}

	@Test
	void aSessionThatTheClientClosesEndsAsEver() throws Exception {
		try (Client client = connect()) {
			client.upgradeToWebSocket();
			client.sendFrame(CLOSE, ByteBuffer.allocate(2).putShort((short) 1000).array());
			assertThat(ByteBuffer.wrap(client.frame(CLOSE)).getShort()).isEqualTo((short) 1000);
			assertThat(client.hasEnded()).isTrue();
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("code 1000");
		}
	}

	@Test
	void aConnectionOfHttp2EndsWhenItsClientHasReadSoAndItsStreamsHaveEnded() throws Exception {
		try (Client client = connect()) {
			client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
			client.sendHttp2Frame(SETTINGS, 0, 0, new byte[0]);
			client.sendHttp2Frame(HEADERS, 5, 1, head("/slow"));
			Awaitility.await().until(() -> this.ledger.inFlight() == 1);
			this.netty.server().stopAccepting();
			Client.Http2Frame all = await(client, GOAWAY, 0);
			assertThat(all.payload().getInt(0)).as("last stream").isEqualTo(Integer.MAX_VALUE);
			assertThat(all.payload().getInt(4)).as("error").isZero();
			Client.Http2Frame ping = await(client, PING, 0);
			// Longer than the time for which streams are served in any case.
			assertThat(this.netty.server().awaitNoConnections(Duration.ofMillis(1200))).isEqualTo(1);
			client.sendHttp2Frame(HEADERS, 5, 3, head("/"));
			assertThat(await(client, DATA, 3).payload().array()).asString().isEqualTo("ok");
			client.sendHttp2Frame(PING, 1, 0, ping.payload().array());
			Client.Http2Frame none = await(client, GOAWAY, 0);
			assertThat(none.payload().getInt(0)).as("last stream").isEqualTo(3);
			this.goOn.tryEmitEmpty();
			assertThat(await(client, DATA, 1).payload().array()).asString().isEqualTo("ok");
			leavesWithoutConnections();
			assertThat(this.ledger.finished()).isEqualTo(2);
		}
	}

	private static Client.Http2Frame await(Client client, int type, int stream) throws IOException {
		Client.Http2Frame frame = client.http2Frame();
		while (frame.type() != type || frame.stream() != stream) {
			frame = client.http2Frame();
		}
		return frame;
	}

	/** A GET request in HPACK: numbers stand for entries of its static table. */
	private static byte[] head(String path) {
		byte[] text = path.getBytes(StandardCharsets.US_ASCII);
		return ByteBuffer.allocate(8 + text.length)
			.put((byte) 0x82)
			.put((byte) 0x86)
			.put((byte) 1)
			.put((byte) 2)
			.put((byte) 'l')
			.put((byte) 'h')
			.put((byte) 4)
			.put((byte) text.length)
			.put(text)
			.array();
	}

}
