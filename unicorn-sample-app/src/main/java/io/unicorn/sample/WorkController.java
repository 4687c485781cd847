package io.unicorn.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Requests that wait, compute, upload and download.
 */
@RestController
class WorkController {

	private static final byte[] PATTERN = pattern();

	/** The timeout of a deferred answer beyond its delay. */
	private static final long LONGEST_DELAY_MILLIS = 60_000;

	@GetMapping(path = "/sleep", produces = MediaType.TEXT_PLAIN_VALUE)
	String sleep(@RequestParam("ms") long ms) throws InterruptedException {
		Thread.sleep(Limits.MILLIS.check(ms));
		return "slept " + ms + " ms\n";
	}

	@GetMapping(path = "/cpu", produces = MediaType.TEXT_PLAIN_VALUE)
	String cpu(@RequestParam("ms") long ms) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.MILLIS.check(ms));
		long rounds = 0;
		while (System.nanoTime() - end < 0) {
			rounds++;
		}
		return "burned " + ms + " ms in " + rounds + " rounds\n";
	}

	@PostMapping(path = "/echo", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
	byte[] echo(@RequestBody(required = false) byte @Nullable [] body) {
		return (body != null) ? body : new byte[0];
	}

	/**
	 * Answers with the number of bytes and their CRC-32, and keeps none of them.
	 */
	@PostMapping(path = "/upload", produces = MediaType.TEXT_PLAIN_VALUE)
	String upload(InputStream body) throws IOException {
		CRC32 checksum = new CRC32();
		byte[] piece = new byte[8192];
		long count = 0;
		for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
			checksum.update(piece, 0, length);
			count += length;
		}
		return "%d bytes, crc32 %08x\n".formatted(count, checksum.getValue());
	}

	/**
	 * Waits as {@link #sleep} does, without occupying a thread.
	 */
	@GetMapping(path = "/deferred", produces = MediaType.TEXT_PLAIN_VALUE)
	DeferredResult<String> deferred(@RequestParam("ms") long ms) {
		DeferredResult<String> result = new DeferredResult<>(Limits.MILLIS.check(ms) + LONGEST_DELAY_MILLIS);
		CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS)
			.execute(() -> result.setResult("waited " + ms + " ms\n"));
		return result;
	}

	/**
	 * Writes a download in pieces, so that it is in flight until its reader has read it,
	 * or for the pauses between the pieces.
	 */
	@GetMapping("/bytes")
	void bytes(@RequestParam("n") long n, @RequestParam(name = "ms", defaultValue = "0") long pause,
			HttpServletResponse response) throws IOException, InterruptedException {
		long left = Limits.BYTES.check(n);
		Limits.MILLIS.check(pause);
		response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
		response.setContentLengthLong(left);
		OutputStream out = response.getOutputStream();
		while (left > 0) {
			int piece = (int) Math.min(left, PATTERN.length);
			out.write(PATTERN, 0, piece);
			left -= piece;
			if (pause > 0) {
				out.flush();
				Thread.sleep(pause);
			}
		}
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

}
