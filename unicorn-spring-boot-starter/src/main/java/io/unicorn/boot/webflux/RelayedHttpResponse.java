package io.unicorn.boot.webflux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedBody;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;

/**
 * The response to another worker. If its body cannot be taken, the rest is read and
 * dropped: the application would report the failure as one of a client's connection.
 */
final class RelayedHttpResponse extends AbstractServerHttpResponse {

	private final RelayedBody body;

	private volatile @Nullable IOException failure;

	RelayedHttpResponse(RelayedBody body) {
		super(DefaultDataBufferFactory.sharedInstance);
		this.body = body;
	}

	@Override
	protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
		return Flux.from(parts).concatMap(this::writeWithInternal).then();
	}

	@Override
	protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> content) {
		return Flux.from(content).doOnNext(this::take).then();
	}

	private void take(DataBuffer part) {
		try {
			if (this.failure == null) {
				ByteBuffer bytes = ByteBuffer.allocate(part.readableByteCount());
				part.toByteBuffer(bytes);
				this.body.write(bytes);
			}
		}
		catch (IOException ex) {
			this.failure = ex;
		}
		finally {
			DataBufferUtils.release(part);
		}
	}

	/**
	 * Return the head of the complete response.
	 * @throws IOException if the body could not be taken
	 */
	RelayService.Head head() throws IOException {
		IOException cause = this.failure;
		if (cause != null && !this.body.isTooLong()) {
			throw cause;
		}
		HttpStatusCode status = getStatusCode();
		List<Header> headers = new ArrayList<>();
		getHeaders().forEach((name, values) -> values.forEach((value) -> headers.add(new Header(name, value))));
		return new RelayService.Head((status != null) ? status.value() : HttpStatus.OK.value(),
				getHeaders().getFirst(HttpHeaders.CONTENT_TYPE), headers);
	}

	@Override
	protected void applyStatusCode() {
		// The head is read when the response is complete.
	}

	@Override
	protected void applyHeaders() {
		// As the status.
	}

	@Override
	protected void applyCookies() {
		// They are not passed on.
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" }) // As declared.
	@Override
	public <T> T getNativeResponse() {
		return (T) this.body;
	}

}
