package io.unicorn.reactive;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Requests that wait, compute, upload and download. None of them occupies a thread of the
 * server.
 */
@RestController
class WorkController {

	private static final byte[] PATTERN = pattern();

	@GetMapping(path = "/sleep", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> sleep(@RequestParam("ms") long ms) {
		return after(ms, "slept " + ms + " ms\n");
	}

	@GetMapping(path = "/deferred", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> deferred(@RequestParam("ms") long ms) {
		return after(ms, "waited " + ms + " ms\n");
	}

	private static Mono<String> after(long ms, String answer) {
		return Mono.delay(Duration.ofMillis(ms)).thenReturn(answer);
	}

	@GetMapping(path = "/cpu", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> cpu(@RequestParam("ms") long ms) {
		return Mono.fromSupplier(() -> burn(ms)).subscribeOn(Schedulers.boundedElastic());
	}

	private static String burn(long ms) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
		long rounds = 0;
		while (System.nanoTime() - end < 0) {
			rounds++;
		}
		return "burned " + ms + " ms in " + rounds + " rounds\n";
	}

	@PostMapping(path = "/echo", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
	Mono<byte[]> echo(ServerHttpRequest request) {
		return DataBufferUtils.join(request.getBody()).map(WorkController::bytes).defaultIfEmpty(new byte[0]);
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	@PostMapping(path = "/upload", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> upload(ServerHttpRequest request) {
		return request.getBody().collect(Received::new, Received::add).map(Received::toString);
	}

	/**
	 * Writes a download in pieces, with pauses between them if it is told to.
	 */
	@GetMapping("/bytes")
	Mono<Void> bytes(@RequestParam("n") long n, @RequestParam(name = "ms", defaultValue = "0") long pause,
			ServerHttpResponse response) {
		response.getHeaders().setContentType(MediaType.APPLICATION_OCTET_STREAM);
		response.getHeaders().setContentLength(n);
		Flux<DataBuffer> pieces = Flux.<Integer, Long>generate(() -> n, (left, sink) -> {
			if (left == 0) {
				sink.complete();
				return left;
			}
			int piece = (int) Math.min(left, PATTERN.length);
			sink.next(piece);
			return left - piece;
		}).map((length) -> response.bufferFactory().allocateBuffer(length).write(PATTERN, 0, length));
		return (pause == 0) ? response.writeWith(pieces)
				: response.writeAndFlushWith(
						pieces.concatMap((piece) -> Mono.just(piece).delayElement(Duration.ofMillis(pause)), 1)
							.map(Mono::just));
	}

	/**
	 * A whole number of alphabets, so that byte {@code i} of any download is
	 * {@code 'a' + i % 26}.
	 */
	private static byte[] pattern() {
		byte[] pattern = new byte[26 * 315];
		for (int i = 0; i < pattern.length; i++) {
			pattern[i] = (byte) ('a' + i % 26);
		}
		return pattern;
	}

	/**
	 * The number of bytes and their CRC-32, of which none is kept.
	 */
	private static final class Received {

		private final CRC32 checksum = new CRC32();

		private long count;

		void add(DataBuffer piece) {
			byte[] bytes = bytes(piece);
			this.checksum.update(bytes);
			this.count += bytes.length;
		}

		@Override
		public String toString() {
			return "%d bytes, crc32 %08x\n".formatted(this.count, this.checksum.getValue());
		}

	}

}
