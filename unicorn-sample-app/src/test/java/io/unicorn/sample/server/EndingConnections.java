package io.unicorn.sample.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32;

import javax.net.ssl.SSLSocketFactory;

import io.unicorn.sample.testsupport.http.Http2Client;
import io.unicorn.sample.testsupport.http.RawConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.http.WebSocketClient;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One connection of each kind that outlives a request, and how a drain has to end it, at
 * a roll-out and at a stop. The pool has one worker, so that every connection is on the
 * worker that drains.
 */
final class EndingConnections {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Pattern RELOADED = Pattern.compile("roll-out \\d+: complete");

	private static final Pattern EVENT = Pattern.compile("id:(\\d+)\nretry:100\ndata:pid (\\d+)\n\n");

	private static final int GOING_AWAY = 1001;

	private static final int NO_LIMIT = Integer.MAX_VALUE;

	private static final int UPLOAD = 1_000_000;

	/** More than the buffers between client and server hold. */
	private static final int DOWNLOAD = 30_000_000;

	private final RunningPool pool;

	private final int port;

	private final @Nullable SSLSocketFactory tls;

	private final boolean lateWebSockets;

	/**
	 * Choose a pool.
	 * @param tls makes sockets for TLS, or {@code null} for none
	 * @param lateWebSockets whether the server can begin a WebSocket during a drain
	 */
	EndingConnections(RunningPool pool, @Nullable SSLSocketFactory tls, boolean lateWebSockets) {
		this.pool = pool;
		this.port = pool.port();
		this.tls = tls;
		this.lateWebSockets = lateWebSockets;
	}

	/**
	 * Open the connections, roll out, stop, and check what their clients see.
	 */
	void endInOrder() throws Exception {
		byte[] upload = new byte[UPLOAD];
		Arrays.fill(upload, (byte) 'u');
		RawConnection again;
		try (RawConnection idle = connect();
				RawConnection pipelining = connect();
				RawConnection upgrading = connect();
				RawConnection events = connect();
				RawConnection socket = connect();
				RawConnection uploading = connect();
				RawConnection downloading = connect();
				RawConnection waiting = connect();
				RawConnection multiplexed = connect("h2")) {
			long pid = pid(idle);
			assertThat(List.of(pid(idle), pid(pipelining), pid(upgrading))).containsOnly(pid);
			events.get("/events?ms=20", "Accept: text/event-stream");
			WebSocketClient webSocket = new WebSocketClient(socket);
			assertThat(webSocket.echo("hello")).isEqualTo("hello");
			uploading.send(
					"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n".formatted(upload.length));
			uploading.send(Arrays.copyOf(upload, UPLOAD / 2));
			downloading.get("/bytes?n=" + DOWNLOAD);
			waiting.get("/deferred?ms=8000");
			Http2Client http2 = multiplexed.http2();
			http2.post(1, "/upload");
			http2.data(1, "half".getBytes(StandardCharsets.US_ASCII), false);

			int mark = this.pool.mark();
			this.pool.signal("HUP");

			// The end of the events says that the drain has begun.
			int last = eventsUntilTheirEnd(events, pid);
			again = connect();
			again.get("/events?ms=20", "Accept: text/event-stream", "Last-Event-ID: " + last);
			again.head();
			// The body without the lengths of the chunks.
			Matcher next = EVENT.matcher(again.until("\n\n").replaceAll("(?:^|\r\n)[0-9a-f]+\r\n", ""));
			assertThat(next.find()).isTrue();
			assertThat(next.group(1)).isEqualTo(String.valueOf(last + 1));
			assertThat(Long.parseLong(next.group(2))).isNotEqualTo(pid);

			Http2Client.Frame goAway = http2.awaitGoAway();
			assertThat(goAway.lastStream()).isEqualTo(NO_LIMIT);
			assertThat(goAway.error()).isZero();
			// The client sends this before it has read the end.
			http2.get(3, "/whoami");
			assertThat(http2.awaitAnswer(3)).contains("\"pid\":" + pid);

			assertThat(webSocket.awaitClose()).isEqualTo(GOING_AWAY);
			webSocket.close(GOING_AWAY);
			assertThat(socket.hasEnded()).isTrue();
			WebSocketClient late = new WebSocketClient(upgrading);
			if (this.lateWebSockets) {
				assertThat(late.awaitClose()).isEqualTo(GOING_AWAY);
				late.close(GOING_AWAY);
			}
			assertThat(upgrading.hasEnded()).isTrue();

			http2.data(1, "half".getBytes(StandardCharsets.US_ASCII), true);
			assertThat(http2.awaitAnswer(1)).isEqualTo(received("halfhalf".getBytes(StandardCharsets.US_ASCII)));
			multiplexed.hangUp();

			uploading.send(Arrays.copyOfRange(upload, UPLOAD / 2, UPLOAD));
			Response uploaded = uploading.response();
			assertThat(uploaded.text()).isEqualTo(received(upload));
			endsSoon(uploading, uploaded, pid);

			Response download = downloading.response();
			assertThat(download.length()).isEqualTo(DOWNLOAD);
			assertThat(IntStream.range(0, DOWNLOAD).allMatch((i) -> download.body()[i] == 'a' + i % 26)).isTrue();
			endsSoon(downloading, download, pid);

			endsAfterOneMore(idle, pid);

			// Only the first answer is guaranteed; it must arrive and announce the end.
			pipelining.send("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2));
			assertThat(pipelining.response().isLast()).isTrue();
			assertThat(pipelining.hasEnded()).isTrue();

			Response waited = waiting.response();
			assertThat(waited.text()).isEqualTo("waited 8000 ms\n");
			endsSoon(waiting, waited, pid);
			this.pool.awaitOutputAfter(mark, RELOADED, TIMEOUT);
			assertThat(this.pool.output()).doesNotContain("that had not ended");
		}
		this.pool.signal("TERM");
		assertThat(again.until("\r\n0\r\n\r\n")).endsWith("\n\n\r\n0\r\n\r\n");
		assertThat(again.hasEnded()).isTrue();
		again.hangUp();
		assertThat(this.pool.exitCode(TIMEOUT)).isZero();
	}

	/** Check that a stream ends by its last chunk, between two events. */
	private static int eventsUntilTheirEnd(RawConnection events, long pid) throws IOException {
		Response stream = events.response();
		assertThat(stream.header("transfer-encoding")).isEqualTo("chunked");
		assertThat(stream.isLast()).isTrue();
		List<MatchResult> all = EVENT.matcher(stream.text()).results().toList();
		assertThat(all).isNotEmpty();
		assertThat(all.stream().mapToInt((event) -> event.group().length()).sum()).isEqualTo(stream.length());
		assertThat(all).extracting((event) -> Long.valueOf(event.group(1)))
			.containsExactlyElementsOf(LongStream.rangeClosed(1, all.size()).boxed().toList());
		assertThat(all).allMatch((event) -> event.group(2).equals(String.valueOf(pid)));
		assertThat(events.hasEnded()).isTrue();
		return all.size();
	}

	/**
	 * Check that a connection ends with the response to a request that was running when
	 * the drain began, or, if a server has decided on that earlier, with the next one.
	 */
	private static void endsSoon(RawConnection connection, Response response, long pid) throws IOException {
		if (response.isLast()) {
			assertThat(connection.hasEnded()).isTrue();
		}
		else {
			endsAfterOneMore(connection, pid);
		}
	}

	private static void endsAfterOneMore(RawConnection connection, long pid) throws IOException {
		connection.get("/whoami");
		Response response = connection.response();
		assertThat(response.text()).contains("\"pid\":" + pid);
		assertThat(response.isLast()).isTrue();
		assertThat(connection.hasEnded()).isTrue();
	}

	private static long pid(RawConnection connection) throws IOException {
		Response response = connection.get("/whoami").response();
		assertThat(response.isLast()).isFalse();
		return Pid.in(response);
	}

	private static String received(byte[] bytes) {
		CRC32 checksum = new CRC32();
		checksum.update(bytes);
		return "%d bytes, crc32 %08x\n".formatted(bytes.length, checksum.getValue());
	}

	private RawConnection connect() throws IOException {
		return connect("http/1.1");
	}

	private RawConnection connect(String protocol) throws IOException {
		return new RawConnection(this.port, this.tls, protocol);
	}

}
