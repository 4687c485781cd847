package io.unicorn.sample.testsupport.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.http.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LoadClient}: every fault of a server is counted as what it was.
 */
@Timeout(30)
@OneJdk
class LoadClientTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final String LAST = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

	private static final Duration A_WHILE = Duration.ofMillis(150);

	@Test
	void everyRequestIsCountedOnBothSides() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(LoadClientTests::answerAll)) {
			Report report = LoadClient.on(server.port())
				.keepAlive(4)
				.connectionPerRequest(2)
				.get("/a", "/b")
				.start()
				.during(A_WHILE);
			report.assertFlawless();
			assertThat(report.sent()).isEqualTo(report.answered()).isEqualTo(server.requests()).isGreaterThan(10);
			assertThat(report.max()).isGreaterThanOrEqualTo(report.p99());
			assertThat(report.p99()).isGreaterThanOrEqualTo(report.p50()).isPositive();
		}
	}

	@Test
	void aConnectionIsKeptAsLongAsTheServerKeepsIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(LoadClientTests::answerAll)) {
			Report report = LoadClient.on(server.port()).keepAlive(3).start().during(A_WHILE);
			report.assertFlawless();
			assertThat(report.connections()).isEqualTo(3);
		}
	}

	@Test
	void aConnectionThatTheServerSaysIsOverIsReplaced() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((peer) -> {
			peer.readRequest();
			peer.send(OK);
			peer.readRequest();
			peer.send(LAST);
		})) {
			Report report = LoadClient.on(server.port()).keepAlive(1).start().during(A_WHILE);
			report.assertFlawless();
			assertThat(report.connections()).isEqualTo((report.answered() + 1) / 2);
		}
	}

	@Test
	void aPooledConnectionThatIsClosedSilentlyLosesARequest() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((peer) -> {
			peer.readRequest();
			peer.send(OK);
		})) {
			Report report = LoadClient.on(server.port())
				.keepAlive(1)
				.pause(Duration.ofMillis(10))
				.start()
				.during(A_WHILE);
			assertThat(report.lost()).isPositive();
			assertThat(report.count(Problem.EOF_BEFORE_RESPONSE) + report.count(Problem.RESET_BEFORE_RESPONSE))
				.isEqualTo(report.lost());
			ProblemSample sample = report.samples().get(0);
			assertThat(sample.answeredBefore()).isEqualTo(1);
			assertThat(sample.sinceLastAnswer()).isBetween(Duration.ofMillis(9), Duration.ofSeconds(10));
			assertThat(report.toString()).contains("after 1 responses on its connection");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(report::assertFlawless);
		}
	}

	@Test
	void closingInsteadOfAnsweringIsALoss() throws Exception {
		assertThat(problemWith(ScriptedServer.Peer::readRequest)).isEqualTo(Problem.EOF_BEFORE_RESPONSE);
	}

	@Test
	void resettingInsteadOfAnsweringIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.reset();
		})).isEqualTo(Problem.RESET_BEFORE_RESPONSE);
	}

	@Test
	void halfABodyIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
		})).isEqualTo(Problem.EOF_MID_RESPONSE);
	}

	@Test
	void halfAHeadIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 200 OK\r\nContent-");
		})).isEqualTo(Problem.EOF_MID_RESPONSE);
	}

	@Test
	void halfAChunkIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
		})).isEqualTo(Problem.EOF_MID_RESPONSE);
	}

	@Test
	void aResetInTheMiddleIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
			// A reset discards what the client has not read yet.
			Thread.sleep(50);
			peer.reset();
		})).isEqualTo(Problem.RESET_MID_RESPONSE);
	}

	@Test
	void aMissingResponseIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			Thread.sleep(60_000);
		})).isEqualTo(Problem.TIMEOUT);
	}

	@Test
	void aMalformedResponseIsALoss() throws Exception {
		assertThat(problemWith((peer) -> {
			peer.readRequest();
			peer.send("HELLO\r\n\r\n");
		})).isEqualTo(Problem.MALFORMED_RESPONSE);
	}

	@Test
	void anErrorStatusIsAnAnswer() throws Exception {
		assertThat(problemWith((peer) -> {
			while (peer.readRequest()) {
				peer.send("HTTP/1.1 500 Oh no\r\nContent-Length: 0\r\n\r\n");
			}
		})).isEqualTo(Problem.NOT_200);
	}

	@Test
	void aRefusedConnectionIsNoLossButNotFlawless() throws Exception {
		int port;
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = listener.getLocalPort();
		}
		Report report = LoadClient.on(port).keepAlive(1).start().during(A_WHILE);
		assertThat(report.problems()).containsOnlyKeys(Problem.CONNECT_REFUSED);
		assertThat(report.sent()).isZero();
		assertThat(report.unconnected()).isPositive();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(report::assertFlawless);
	}

	@Test
	void aWrongBodyIsAnAnswer() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(LoadClientTests::answerAll)) {
			LoadRequest request = LoadRequest.get("/").expecting((response) -> response.text().equals("other"));
			Report report = LoadClient.on(server.port()).keepAlive(1).send(request).start().during(A_WHILE);
			assertThat(report.problems()).containsOnlyKeys(Problem.WRONG_BODY);
			assertThat(report.wrongBodies()).isEqualTo(report.answered());
			assertThat(report.lost()).isZero();
		}
	}

	@Test
	void rightAnswersAreCountedByGroup() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(LoadClientTests::answerAll)) {
			Report report = LoadClient.on(server.port())
				.keepAlive(2)
				.countingBy(Response::text)
				.start()
				.during(A_WHILE);
			assertThat(report.groups()).containsOnlyKeys("ok").containsEntry("ok", report.answered());
		}
	}

	@Test
	void aResponseThatNeverEndsIsALossWhenTheLoadIsStopped() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((peer) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
			while (true) {
				peer.send(".");
				Thread.sleep(10);
			}
		})) {
			Report report = LoadClient.on(server.port())
				.keepAlive(1)
				.timeout(Duration.ofMillis(200))
				.start()
				.during(A_WHILE);
			assertThat(report.problems()).containsExactly(Map.entry(Problem.UNFINISHED, 1L));
		}
	}

	private static Problem problemWith(ScriptedServer.Script script) throws IOException {
		try (ScriptedServer server = ScriptedServer.start(script)) {
			Report report = LoadClient.on(server.port())
				.keepAlive(1)
				.connectionPerRequest(1)
				.timeout(Duration.ofMillis(200))
				.start()
				.during(A_WHILE);
			assertThat(report.problems()).as(report.toString()).hasSize(1);
			Problem problem = report.problems().keySet().iterator().next();
			assertThat(report.count(problem)).isEqualTo(report.sent());
			assertThat(report.samples()).isNotEmpty()
				.allSatisfy((sample) -> assertThat(sample.problem()).isEqualTo(problem));
			assertThat(report.lost()).isEqualTo(problem.isLoss() ? report.sent() : 0);
			return problem;
		}
	}

	private static void answerAll(ScriptedServer.Peer peer) throws IOException {
		while (peer.readRequest()) {
			peer.send(OK);
		}
	}

}
