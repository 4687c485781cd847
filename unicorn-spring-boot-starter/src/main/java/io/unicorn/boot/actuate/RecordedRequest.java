package io.unicorn.boot.actuate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import io.unicorn.ipc.Message;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * Keeps of a request's body what its handler reads, up to more than can be passed on.
 */
final class RecordedRequest extends ServerHttpRequestDecorator {

	private final ByteArrayOutputStream content = new ByteArrayOutputStream();

	RecordedRequest(ServerHttpRequest request) {
		super(request);
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return super.getBody().doOnNext(this::record);
	}

	private void record(DataBuffer part) {
		byte[] bytes = new byte[Math.min(part.readableByteCount(), Message.Call.MAX_BYTES - this.content.size())];
		part.toByteBuffer(part.readPosition(), ByteBuffer.wrap(bytes), 0, bytes.length);
		this.content.writeBytes(bytes);
	}

	/** Return what was read. */
	byte[] content() {
		return this.content.toByteArray();
	}

}
