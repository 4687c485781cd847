package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.worker.CallReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerEndpointFilterTests {

	private final List<RelayedRequest> sent = new ArrayList<>();

	private final List<Integer> asked = new ArrayList<>();

	private @Nullable Duration timeout;

	private @Nullable CallReply reply = answer(new RelayedResponse(200, "text/plain;charset=UTF-8",
			List.of(new Header("Content-Disposition", "inline")), new byte[] { 'o', 'k' }));

	private MockFilterChain chain = new MockFilterChain();

	private static CallReply answer(RelayedResponse response) {
		return new CallReply(2, CallOutcome.ANSWERED, response.toBytes());
	}

	private final OtherWorkers workers = new OtherWorkers(new OtherWorkers.Relay() {

		@Override
		public @Nullable CallReply call(int index, byte[] operation, Duration timeout) {
			WorkerEndpointFilterTests.this.asked.add(index);
			WorkerEndpointFilterTests.this.timeout = timeout;
			WorkerEndpointFilterTests.this.sent.add(Endpoints.request(operation));
			return WorkerEndpointFilterTests.this.reply;
		}

		@Override
		public @Nullable List<CallReply> callOthers(byte[] operation, Duration timeout) {
			throw new AssertionError("only one worker is asked");
		}

	}, 0);

	private MockHttpServletResponse send(MockHttpServletRequest request) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.chain = new MockFilterChain();
		new WorkerEndpointFilter(new EndpointPaths(Endpoints.provider()), this.workers).doFilter(request, response,
				this.chain);
		return response;
	}

	private MockHttpServletResponse get(String path) throws Exception {
		return send(Endpoints.get(path));
	}

	@Test
	void theOtherWorkerGetsTheRequestOfTheClientAndItsAnswerIsPassedBack() throws Exception {
		MockHttpServletRequest request = Endpoints.get("/actuator/unicorn/2/metrics/a b");
		request.setContextPath("/app");
		request.setQueryString("tag=a%3Ab");
		request.addHeader("Authorization", "Basic x");
		request.addHeader("Accept-Encoding", "gzip");
		request.setRemoteAddr("192.0.2.7");
		MockHttpServletResponse response = send(request);
		assertThat(response.getStatus()).isEqualTo(200);
		assertThat(response.getContentType()).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.getHeader("Content-Disposition")).isEqualTo("inline");
		assertThat(response.getContentAsString()).isEqualTo("ok");
		RelayedRequest relayed = this.sent.get(0);
		assertThat(this.asked).containsExactly(2);
		assertThat(relayed.method()).isEqualTo("GET");
		assertThat(relayed.path()).isEqualTo("/app/actuator/metrics/a%20b");
		assertThat(relayed.query()).isEqualTo("tag=a%3Ab");
		assertThat(relayed.headers()).containsExactly(new Header("Authorization", "Basic x"));
		assertThat(relayed.origin()).isEqualTo(new RelayedRequest.Origin("http", "localhost", 80, "192.0.2.7"));
		assertThat(relayed.wanted()).isEqualTo(Wanted.RESPONSE);
		assertThat(this.chain.getRequest()).isNull();
	}

	@Test
	void theServletMayHaveAPathOfItsOwn() throws Exception {
		MockHttpServletRequest request = Endpoints.get("");
		request.setServletPath("/mvc");
		request.setPathInfo("/actuator/unicorn/0/metrics");
		send(request);
		assertThat(this.sent.get(0).path()).isEqualTo("/mvc/actuator/metrics");
	}

	@Test
	void aHeapDumpStaysInAFile() throws Exception {
		get("/actuator/unicorn/1/heapdump");
		assertThat(this.sent.get(0).wanted()).isEqualTo(Wanted.FILE);
		assertThat(this.timeout).isEqualTo(Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/unicorn", "/actuator/unicorn/", "/actuator/unicorn/1", "/actuator/unicorn/1/",
			"/actuator/unicorn/x/metrics", "/actuator/unicorn/-1/metrics", "/actuator/unicornrollout/1/metrics",
			"/actuator/metrics/1/metrics", "/unicorn/1/metrics" })
	void everythingElseIsLeftToOthers(String path) throws Exception {
		get(path);
		assertThat(this.sent).isEmpty();
		assertThat(this.chain.getRequest()).isNotNull();
	}

	@Test
	void nothingButGetIsPassedOn() throws Exception {
		MockHttpServletRequest request = Endpoints.get("/actuator/unicorn/1/loggers/x");
		request.setMethod("POST");
		send(request);
		assertThat(this.sent).isEmpty();
		assertThat(this.chain.getRequest()).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "env", "metric", "metricsx", "unicorn", "unicorn/1/metrics", "../metrics" })
	void whatIsNotExposedIsNotFound(String path) throws Exception {
		MockHttpServletResponse response = get("/actuator/unicorn/1/" + path);
		assertThat(response.getStatus()).isEqualTo(404);
		assertThat(response.getContentAsString())
			.isEqualTo("{\"message\":\"no endpoint of a worker that is exposed has the path " + path + "\"}");
		assertThat(this.sent).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "UNKNOWN, 404, no ready worker has the index 2", "SILENT, 504, worker 2 has not answered within 10 s",
			"GONE, 502, worker 2 has ended before it answered", "FAILED, 502, worker 2 has broken the protocol",
			"BUSY, 503, 'worker 2 is not asked, because too many such requests are under way'",
			"ANSWERED, 503, worker 2 cannot answer now" })
	void theClientLearnsWhyThereIsNoAnswer(CallOutcome outcome, int status, String message) throws Exception {
		this.reply = new CallReply(2, outcome, new byte[0]);
		MockHttpServletResponse response = get("/actuator/unicorn/2/metrics");
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getContentAsString()).isEqualTo("{\"message\":\"" + message + "\"}");
	}

	@Test
	void theClientLearnsThatTheMasterIsSilentOrTheWorkerOfAnotherVersion() throws Exception {
		this.reply = null;
		assertThat(get("/actuator/unicorn/2/metrics").getStatus()).isEqualTo(503);
		this.reply = new CallReply(2, CallOutcome.ANSWERED, new byte[] { 77 });
		assertThat(get("/actuator/unicorn/2/metrics").getStatus()).isEqualTo(502);
	}

	@Test
	void aRequestThatIsTooLongIsRefused() throws Exception {
		for (int length : new int[] { 40_000, 70_000 }) {
			MockHttpServletRequest request = Endpoints.get("/actuator/unicorn/2/metrics");
			request.addHeader("Cookie", "x".repeat(length));
			assertThat(send(request).getStatus()).isEqualTo(431);
		}
		assertThat(this.sent).isEmpty();
	}

}
