package io.unicorn.boot.actuate;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.worker.CallReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerEndpointWebFilterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final List<RelayedRequest> sent = new ArrayList<>();

	private boolean onEventLoop;

	private boolean passed;

	private final OtherWorkers workers = new OtherWorkers(new OtherWorkers.Relay() {

		@Override
		public CallReply call(int index, byte[] operation, Duration timeout) {
			WorkerEndpointWebFilterTests.this.onEventLoop = Schedulers.isInNonBlockingThread();
			WorkerEndpointWebFilterTests.this.sent.add(Endpoints.request(operation));
			return new CallReply(index, CallOutcome.ANSWERED, new RelayedResponse(206, "text/plain;charset=UTF-8",
					List.of(new Header("Content-Range", "bytes 0-1/9")), new byte[] { 'o', 'k' })
				.toBytes());
		}

		@Override
		public @Nullable List<CallReply> callOthers(byte[] operation, Duration timeout) {
			throw new AssertionError("only one worker is asked");
		}

	}, 0);

	/** On a thread that must not block, as an event loop is one. */
	private MockServerHttpResponse send(MockServerHttpRequest request) {
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		WorkerEndpointWebFilter filter = new WorkerEndpointWebFilter(new EndpointPaths(Endpoints.provider()),
				this.workers);
		Mono.defer(() -> filter.filter(exchange, (passed) -> Mono.fromRunnable(() -> this.passed = true)))
			.subscribeOn(Schedulers.parallel())
			.block(PATIENCE);
		return exchange.getResponse();
	}

	private MockServerHttpResponse get(String url) {
		return send(MockServerHttpRequest.get(url).build());
	}

	@Test
	void theOtherWorkerGetsTheRequestOfTheClientAndItsAnswerIsPassedBack() {
		MockServerHttpResponse response = send(MockServerHttpRequest
			.method(HttpMethod.GET,
					URI.create("https://example.org:8443/app/actuator/unicorn/2/metrics/a%20b?tag=a%3Ab"))
			.contextPath("/app")
			.header("Authorization", "Basic x")
			.header("Accept-Encoding", "gzip")
			.remoteAddress(new InetSocketAddress("192.0.2.7", 4711))
			.build());
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.PARTIAL_CONTENT);
		assertThat(response.getHeaders().getFirst("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(response.getHeaders().getFirst("Content-Range")).isEqualTo("bytes 0-1/9");
		assertThat(response.getBodyAsString().block(PATIENCE)).isEqualTo("ok");
		RelayedRequest relayed = this.sent.get(0);
		assertThat(relayed.path()).isEqualTo("/app/actuator/metrics/a%20b");
		assertThat(relayed.query()).isEqualTo("tag=a%3Ab");
		assertThat(relayed.headers()).containsExactly(new Header("Authorization", "Basic x"));
		assertThat(relayed.origin()).isEqualTo(new RelayedRequest.Origin("https", "example.org", 8443, "192.0.2.7"));
		assertThat(this.onEventLoop).isFalse();
		assertThat(this.passed).isFalse();
	}

	@Test
	void whatIsNotExposedIsNotFound() {
		MockServerHttpResponse response = get("/actuator/unicorn/1/env");
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(response.getBodyAsString().block(PATIENCE)).contains("has the path env");
		assertThat(this.sent).isEmpty();
	}

	/** One that is decoded twice would be authorized as another one than is asked for. */
	@ParameterizedTest
	@ValueSource(strings = { "/actuator/unicorn", "/actuator/unicorn/1", "/actuator/metrics/1/metrics",
			"/actuator%2Funicorn/1/metrics", "/actuator/unicorn/1%2Fmetrics", "/actuator/unicorn%2F1/metrics" })
	void everythingElseIsLeftToOthers(String path) {
		send(MockServerHttpRequest.method(HttpMethod.GET, URI.create(path)).build());
		assertThat(this.sent).isEmpty();
		assertThat(this.passed).isTrue();
	}

}
