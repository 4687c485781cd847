package io.unicorn.sample.connections;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.http.Http2Client;
import io.unicorn.sample.testsupport.http.RawConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.http.WebSocketClient;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests how a drain ends each kind of connection that outlives a request, at a roll-out
 * and at a stop. The pool has one worker, so that every connection is on the worker that
 * drains.
 */
@Alone
@OneJdk
class DrainIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Pattern READY = Pattern.compile("worker \\d+ \\(pid \\d+\\) ready");

	private static final Pattern RELOADED = Pattern.compile("roll-out \\d+: complete");

	private static final Pattern EVENT = Pattern.compile("id:(\\d+)\nretry:100\ndata:pid (\\d+)\n\n");

	private static final int GOING_AWAY = 1001;

	private static final int NO_LIMIT = Integer.MAX_VALUE;

	private static final int UPLOAD = 1_000_000;

	/** More than the buffers between client and server hold. */
	private static final int DOWNLOAD = 30_000_000;

	@RegisterExtension
	final Pools pools = new Pools();

	private int port;

	private @Nullable SSLSocketFactory tls;

	@Test
	void everyKindOfConnectionEndsInOrder() throws Exception {
		everyKindOfConnection(start());
	}

	@Test
	void everyKindOfConnectionEndsInOrderUnderTls(@TempDir Path directory) throws Exception {
		SelfSigned certificate = SelfSigned.in(directory);
		this.tls = certificate.trusting();
		everyKindOfConnection(start(certificate.args()));
	}

	@Test
	void connectionsLeftAtGracefulTimeoutAreClosedAndCounted() throws Exception {
		RunningPool pool = start("--unicorn.graceful-timeout=2s");
		try (RawConnection sleeping = connect(); RawConnection idle = connect(); RawConnection silent = connect()) {
			new WebSocketClient(silent);
			pid(idle);
			sleeping.get("/sleep?ms=60000");
			pool.signal("TERM");
			pool.awaitOutput(
					Pattern.compile("closed 3 connections that had not ended when its graceful-timeout was over"),
					TIMEOUT);
			assertThat(pool.exitCode(TIMEOUT)).isZero();
		}
	}

	private void everyKindOfConnection(RunningPool pool) throws Exception {
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
			assertThat(List.of(pid(pipelining), pid(upgrading))).containsOnly(pid);
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

			int mark = pool.mark();
			pool.signal("HUP");

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
			assertThat(late.awaitClose()).isEqualTo(GOING_AWAY);
			late.close(GOING_AWAY);
			assertThat(upgrading.hasEnded()).isTrue();

			http2.data(1, "half".getBytes(StandardCharsets.US_ASCII), true);
			assertThat(http2.awaitAnswer(1)).isEqualTo(received("halfhalf".getBytes(StandardCharsets.US_ASCII)));
			multiplexed.hangUp();

			uploading.send(Arrays.copyOfRange(upload, UPLOAD / 2, UPLOAD));
			assertThat(uploading.response().text()).isEqualTo(received(upload));
			endsAfterOneMore(uploading, pid);

			Response download = downloading.response();
			assertThat(download.length()).isEqualTo(DOWNLOAD);
			assertThat(IntStream.range(0, DOWNLOAD).allMatch((i) -> download.body()[i] == 'a' + i % 26)).isTrue();
			endsAfterOneMore(downloading, pid);

			endsAfterOneMore(idle, pid);

			// Only the first answer is guaranteed; it must arrive and announce the end.
			pipelining.send("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2));
			assertThat(pipelining.response().isLast()).isTrue();
			assertThat(pipelining.hasEnded()).isTrue();

			assertThat(waiting.response().text()).isEqualTo("waited 8000 ms\n");
			endsAfterOneMore(waiting, pid);
			pool.awaitOutputAfter(mark, RELOADED, TIMEOUT);
			assertThat(pool.output()).doesNotContain("that had not ended");
		}
		pool.signal("TERM");
		assertThat(again.until("\r\n0\r\n\r\n")).endsWith("\n\n\r\n0\r\n\r\n");
		assertThat(again.hasEnded()).isTrue();
		again.hangUp();
		assertThat(pool.exitCode(TIMEOUT)).isZero();
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

	private static void endsAfterOneMore(RawConnection connection, long pid) throws IOException {
		connection.get("/whoami");
		Response response = connection.response();
		assertThat(response.text()).contains("\"pid\":" + pid);
		assertThat(response.isLast()).isTrue();
		assertThat(connection.hasEnded()).isTrue();
	}

	private static long pid(RawConnection connection) throws IOException {
		Response response = connection.get("/whoami").response();
		Matcher pid = Pattern.compile("\"pid\":(\\d+)").matcher(response.text());
		assertThat(pid.find()).isTrue();
		assertThat(response.isLast()).isFalse();
		return Long.parseLong(pid.group(1));
	}

	private static String received(byte[] bytes) {
		CRC32 checksum = new CRC32();
		checksum.update(bytes);
		return "%d bytes, crc32 %08x\n".formatted(bytes.length, checksum.getValue());
	}

	private RunningPool start(String... args) {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=1", "--unicorn.rollout.observe=0s", "--server.http2.enabled=true")
			.args(args));
		pool.awaitOutput(READY, TIMEOUT);
		this.port = pool.port();
		return pool;
	}

	private RawConnection connect() throws IOException {
		return connect("http/1.1");
	}

	private RawConnection connect(String protocol) throws IOException {
		return new RawConnection(this.port, this.tls, protocol);
	}

}
