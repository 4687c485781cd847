package io.unicorn.sample.testsupport.pool;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.http.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadyWatcher}.
 */
@Timeout(30)
class ReadyWatcherTests {

	@Test
	void theExtremesAreRecorded() throws Exception {
		Iterator<String> documents = List
			.of(document(2, "READY", "READY"), document(2, "READY", "READY", "BOOTING"), document(1, "READY", "EXITED"))
			.iterator();
		try (ScriptedServer server = ScriptedServer.start((peer) -> {
			while (documents.hasNext() && peer.readRequest()) {
				peer.send(ok(documents.next()));
			}
			peer.readRequest();
			peer.send(ok(document(2, "READY", "READY")));
			peer.readRequest();
		}); ReadyWatcher watcher = ReadyWatcher.start(server.port())) {
			Await.until(Duration.ofSeconds(10), watcher::toString, () -> !watcher.failures().isEmpty());
			assertThat(watcher.minReady()).isEqualTo(1);
			assertThat(watcher.maxLive()).isEqualTo(3);
			assertThat(watcher.looks()).isEqualTo(4);
			assertThat(watcher.changes()).hasSize(4);
			assertThat(watcher.longestGap()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
		}
	}

	@Test
	void aConnectionThatHasEndedIsReplacedWithoutAFailure() throws Exception {
		AtomicInteger connections = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((peer) -> {
			connections.incrementAndGet();
			peer.readRequest();
			String document = document(2, "READY", "READY");
			peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + document.length() + "\r\n\r\n"
					+ document);
		}); ReadyWatcher watcher = ReadyWatcher.start(server.port())) {
			Await.until(Duration.ofSeconds(10), watcher::toString, () -> watcher.looks() > 2);
			assertThat(watcher.failures()).isEmpty();
			assertThat(watcher.changes()).hasSize(1);
			assertThat(connections).hasValueGreaterThan(2);
		}
	}

	private static String ok(String body) {
		return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
	}

	private static String document(int ready, String... states) {
		List<String> workers = List.of(states).stream().map((state) -> "{\"state\":\"" + state + "\"}").toList();
		return "{\"target\":2,\"ready\":" + ready + ",\"workers\":" + workers + "}";
	}

}
