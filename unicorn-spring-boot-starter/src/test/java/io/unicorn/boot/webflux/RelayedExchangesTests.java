package io.unicorn.boot.webflux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;

class RelayedExchangesTests {

	private final HttpHandler handler = WebHttpHandlerBuilder.webHandler(RelayedExchangesTests::handle).build();

	private final RelayService requests = new RelayService(new RelayedExchanges(this.handler));

	/** Answers in the way that its path names, and on another thread. */
	private static Mono<Void> handle(ServerWebExchange exchange) {
		return Mono.defer(() -> switch (exchange.getRequest().getURI().getPath()) {
			case "/describe it" -> describe(exchange);
			case "/big" -> write(exchange, Flux.range(0, 5).map((part) -> new byte[1 << 20]));
			case "/private" -> {
				exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
				exchange.getResponse().getHeaders().set("WWW-Authenticate", "Basic");
				exchange.getResponse().getHeaders().set("Set-Cookie", "a=b");
				yield Mono.empty();
			}
			case "/fail" -> Mono.error(new IllegalStateException("on purpose"));
			default -> Mono.empty();
		}).subscribeOn(Schedulers.parallel());
	}

	private static Mono<Void> describe(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		exchange.getResponse().getHeaders().set("Content-Type", "text/plain;charset=UTF-8");
		return DataBufferUtils.join(request.getBody())
			.map((body) -> body.toString(StandardCharsets.UTF_8))
			.defaultIfEmpty("nothing")
			.flatMap((body) -> Mono.deferContextual((context) -> {
				String text = request.getMethod() + " " + request.getURI() + " from " + request.getRemoteAddress() + " "
						+ request.getCookies() + " accepts " + request.getHeaders().getFirst("Accept") + " sends "
						+ request.getHeaders().getContentLength() + " " + body + " relayed "
						+ context.hasKey(RelayedRequest.ATTRIBUTE);
				return write(exchange, Flux.just(text.getBytes(StandardCharsets.UTF_8)));
			}));
	}

	private static Mono<Void> write(ServerWebExchange exchange, Flux<byte[]> parts) {
		Flux<DataBuffer> buffers = parts.map(DefaultDataBufferFactory.sharedInstance::wrap);
		return exchange.getResponse().writeAndFlushWith(buffers.map(Mono::just));
	}

	private RelayedResponse send(String method, String path, String query, String body, Wanted wanted)
			throws IOException {
		RelayedRequest request = new RelayedRequest(method,
				new RelayedRequest.Origin("https", "example.org", 8443, "192.0.2.7"), path, query,
				List.of(new Header("Accept", "a/b"), new Header("Cookie", "SESSION=1; XSRF-TOKEN=2")),
				body.getBytes(StandardCharsets.UTF_8), wanted);
		return RelayedResponse.of(this.requests.apply(request.toBytes()));
	}

	private static String text(RelayedResponse response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

	@Test
	void theApplicationSeesTheRequestOfTheClient() throws IOException {
		RelayedResponse response = send("POST", "/describe%20it", "x=a%20b", "hello", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.contentType()).isEqualTo("text/plain;charset=UTF-8");
		assertThat(text(response)).isEqualTo("POST https://example.org:8443/describe%20it?x=a%20b from /192.0.2.7:0 "
				+ "{SESSION=[SESSION=1], XSRF-TOKEN=[XSRF-TOKEN=2]} accepts a/b sends 5 hello relayed true");
		assertThat(text(send("GET", "/describe%20it", "", "", Wanted.RESPONSE))).contains("sends 0 nothing");
	}

	@Test
	void aRefusalIsPassedBackWithTheHeadersThatMatter() throws IOException {
		RelayedResponse response = send("GET", "/private", "", "", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.headers()).containsExactly(new Header("WWW-Authenticate", "Basic"));
		assertThat(send("GET", "/fail", "", "", Wanted.RESPONSE).status()).isEqualTo(500);
	}

	@Test
	void anAnswerThatIsTooLongIsReported() throws IOException {
		RelayedResponse response = send("GET", "/big", "", "", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(502);
		assertThat(text(response)).contains("is longer than 4128768 bytes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a|b", "/a%b" })
	void aPathThatIsNoneIsRefused(String path) throws IOException {
		RelayedResponse response = send("GET", path, "", "", Wanted.RESPONSE);
		assertThat(response.status()).isEqualTo(500);
		assertThat(text(response)).contains("the other worker could not answer");
	}

}
