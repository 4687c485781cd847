package io.unicorn.boot.actuate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.worker.CallReply;
import jakarta.servlet.FilterChain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class PoolWideWriteFilterTests {

	private static final String BODY = "{\"configuredLevel\":\"DEBUG\"}";

	private final List<RelayedRequest> sent = new ArrayList<>();

	private @Nullable Duration timeout;

	private @Nullable List<CallReply> replies = List.of(answer(2, 204), answer(0, 204));

	private int status = 204;

	private static CallReply answer(int index, int status) {
		return new CallReply(index, CallOutcome.ANSWERED,
				new RelayedResponse(status, "", List.of(), new byte[0]).toBytes());
	}

	private final OtherWorkers workers = new OtherWorkers(new OtherWorkers.Relay() {

		@Override
		public @Nullable CallReply call(int index, byte[] operation, Duration timeout) {
			throw new AssertionError("all workers are asked");
		}

		@Override
		public @Nullable List<CallReply> callOthers(byte[] operation, Duration timeout) {
			PoolWideWriteFilterTests.this.sent.add(Endpoints.request(operation));
			PoolWideWriteFilterTests.this.timeout = timeout;
			return PoolWideWriteFilterTests.this.replies;
		}

	}, 1);

	private MockHttpServletRequest request(String method, String path) {
		MockHttpServletRequest request = Endpoints.get(path);
		request.setMethod(method);
		request.setContent(BODY.getBytes(StandardCharsets.UTF_8));
		request.setContentType("application/json");
		return request;
	}

	private MockHttpServletResponse send(MockHttpServletRequest request) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		FilterChain chain = (passed, answered) -> {
			assertThat(new String(passed.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(BODY);
			answer((jakarta.servlet.http.HttpServletResponse) answered);
		};
		new PoolWideWriteFilter(new EndpointPaths(Endpoints.provider()), this.workers).doFilter(request, response,
				chain);
		return response;
	}

	private void answer(jakarta.servlet.http.HttpServletResponse response) throws IOException {
		response.setStatus(this.status);
		if (this.status == 200) {
			response.getOutputStream().print("local");
			response.flushBuffer();
		}
	}

	@Test
	void theOthersGetTheSameRequestAndTheResponseNamesWhoHasDoneIt(CapturedOutput output) throws Exception {
		MockHttpServletResponse response = send(request("POST", "/actuator/loggers/a.B"));
		assertThat(response.getStatus()).isEqualTo(204);
		assertThat(response.getHeader("X-Unicorn-Workers")).isEqualTo("0,1,2");
		assertThat(response.getHeader("X-Unicorn-Workers-Missing")).isNull();
		RelayedRequest relayed = this.sent.get(0);
		assertThat(relayed.method()).isEqualTo("POST");
		assertThat(relayed.path()).isEqualTo("/actuator/loggers/a.B");
		assertThat(new String(relayed.body(), StandardCharsets.UTF_8)).isEqualTo(BODY);
		assertThat(relayed.headers()).anyMatch((header) -> header.value().equals("application/json"));
		assertThat(relayed.wanted()).isEqualTo(RelayedRequest.Wanted.STATUS);
		assertThat(this.timeout).isEqualTo(Duration.ofSeconds(2));
		assertThat(output).doesNotContain("has not reached");
	}

	@Test
	void aDeletionOfAllCachesReachesTheOthersAndItsBodyTheClient() throws Exception {
		this.status = 200;
		MockHttpServletResponse response = send(request("DELETE", "/actuator/caches"));
		assertThat(this.sent).hasSize(1);
		assertThat(response.getContentAsString()).isEqualTo("local");
		assertThat(response.getHeader("X-Unicorn-Workers")).isEqualTo("0,1,2");
	}

	@Test
	void whoHasNotDoneItIsNamedAndTheStatusIsTheLocalOne(CapturedOutput output) throws Exception {
		this.replies = List.of(answer(4, 403), new CallReply(3, CallOutcome.SILENT, new byte[0]), answer(0, 204),
				new CallReply(2, CallOutcome.ANSWERED, new byte[] { 9 }));
		MockHttpServletResponse response = send(request("POST", "/actuator/loggers/a.B"));
		assertThat(response.getStatus()).isEqualTo(204);
		assertThat(response.getHeader("X-Unicorn-Workers")).isEqualTo("0,1");
		assertThat(response.getHeader("X-Unicorn-Workers-Missing")).isEqualTo("2,3,4");
		assertThat(output).contains("A change through the endpoint loggers has not reached all workers: worker 4 has "
				+ "answered with status 403, worker 3 has not answered within 2 s, worker 2 is of another version");
	}

	@Test
	void ifTheMasterIsSilentNobodyKnowsWhoHasNotDoneIt() throws Exception {
		this.replies = null;
		MockHttpServletResponse response = send(request("POST", "/actuator/loggers/a.B"));
		assertThat(response.getHeader("X-Unicorn-Workers")).isEqualTo("1");
		assertThat(response.getHeader("X-Unicorn-Workers-Missing")).isEqualTo("unknown");
	}

	@Test
	void whatThisWorkerRefusesIsNotPassedOn() throws Exception {
		for (int refused : new int[] { 400, 401, 403, 404, 405, 500 }) {
			this.status = refused;
			MockHttpServletResponse response = send(request("POST", "/actuator/loggers/a.B"));
			assertThat(response.getStatus()).isEqualTo(refused);
			assertThat(response.getHeader("X-Unicorn-Workers")).isNull();
		}
		assertThat(this.sent).isEmpty();
	}

	@Test
	void whatAnotherWorkerPassesOnEndsHere() throws Exception {
		MockHttpServletRequest request = request("POST", "/actuator/loggers/a.B");
		request.setAttribute(RelayedRequest.ATTRIBUTE, true);
		send(request);
		assertThat(this.sent).isEmpty();
	}

	@Test
	void otherRequestsArePassedThrough() throws Exception {
		send(request("POST", "/actuator/metrics"));
		send(request("POST", "/loggers/a.B"));
		send(request("POST", "/actuator/loggersx"));
		send(request("GET", "/actuator/loggers/a.B"));
		send(request("POST", "/actuator/refresh"));
		assertThat(this.sent).as("refresh is not exposed").isEmpty();
	}

}
