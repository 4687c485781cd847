package io.unicorn.boot.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedResponse;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import io.unicorn.worker.CallReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class PoolWideWriteWebFilterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final String BODY = "{\"configuredLevel\":\"DEBUG\"}";

	private final List<RelayedRequest> sent = new ArrayList<>();

	private boolean onEventLoop;

	private @Nullable HttpStatus status = HttpStatus.NO_CONTENT;

	private final OtherWorkers workers = new OtherWorkers(new OtherWorkers.Relay() {

		@Override
		public @Nullable CallReply call(int index, byte[] operation, Duration timeout) {
			throw new AssertionError("all workers are asked");
		}

		@Override
		public List<CallReply> callOthers(byte[] operation, Duration timeout) {
			PoolWideWriteWebFilterTests.this.onEventLoop = Schedulers.isInNonBlockingThread();
			PoolWideWriteWebFilterTests.this.sent.add(Endpoints.request(operation));
			return List.of(new CallReply(2, CallOutcome.SILENT, new byte[0]), new CallReply(0, CallOutcome.ANSWERED,
					new RelayedResponse(204, "", List.of(), new byte[0]).toBytes()));
		}

	}, 1);

	private MockServerHttpResponse post(String path, String body, Context context) {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post(path).body(body));
		PoolWideWriteWebFilter filter = new PoolWideWriteWebFilter(new EndpointPaths(Endpoints.provider()),
				this.workers);
		Mono.defer(() -> filter.filter(exchange, this::handle))
			.contextWrite(context)
			.subscribeOn(Schedulers.parallel())
			.block(PATIENCE);
		return exchange.getResponse();
	}

	private MockServerHttpResponse post(String path) {
		return post(path, BODY, Context.empty());
	}

	private Mono<Void> handle(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		return DataBufferUtils.join(exchange.getRequest().getBody()).flatMap((body) -> {
			response.setStatusCode(this.status);
			return response.writeWith(Mono.just(body));
		});
	}

	@Test
	void theOthersAreToldBeforeTheResponseThatNamesThem() {
		for (HttpStatus done : new @Nullable HttpStatus[] { HttpStatus.NO_CONTENT, HttpStatus.OK, null }) {
			this.status = done;
			this.sent.clear();
			MockServerHttpResponse response = post("/actuator/loggers/a.B");
			assertThat(response.getHeaders().getFirst("X-Unicorn-Workers")).isEqualTo("0,1");
			assertThat(response.getHeaders().getFirst("X-Unicorn-Workers-Missing")).isEqualTo("2");
			assertThat(response.getBodyAsString().block(PATIENCE)).isEqualTo(BODY);
			assertThat(this.sent).hasSize(1);
		}
		RelayedRequest relayed = this.sent.get(0);
		assertThat(relayed.method()).isEqualTo("POST");
		assertThat(relayed.path()).isEqualTo("/actuator/loggers/a.B");
		assertThat(new String(relayed.body(), StandardCharsets.UTF_8)).isEqualTo(BODY);
		assertThat(this.onEventLoop).isFalse();
	}

	@Test
	void aBodyThatIsTooLongReachesThisWorkerAlone() {
		String body = "x".repeat(2 * Message.Call.MAX_BYTES);
		MockServerHttpResponse response = post("/actuator/loggers/a.B", body, Context.empty());
		assertThat(response.getHeaders().getFirst("X-Unicorn-Workers")).isEqualTo("1");
		assertThat(response.getHeaders().getFirst("X-Unicorn-Workers-Missing")).isEqualTo("unknown");
		assertThat(response.getBodyAsString().block(PATIENCE)).isEqualTo(body);
		assertThat(this.sent).isEmpty();
	}

	@Test
	void whatThisWorkerRefusesAndWhatAnotherHasPassedOnEndHere() {
		MockServerHttpResponse passedOn = post("/actuator/loggers/a.B", BODY,
				Context.of(RelayedRequest.ATTRIBUTE, true));
		assertThat(passedOn.getHeaders().getFirst("X-Unicorn-Workers")).isNull();
		this.status = HttpStatus.BAD_REQUEST;
		assertThat(post("/actuator/loggers/a.B").getHeaders().getFirst("X-Unicorn-Workers")).isNull();
		this.status = HttpStatus.NO_CONTENT;
		post("/actuator/metrics");
		post("/actuator%2Floggers/a.B");
		assertThat(this.sent).isEmpty();
	}

}
