package io.unicorn.sample;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Requests that wait, compute, upload and download.
 */
@RestController
class WorkController {

	private static final byte[] PATTERN = pattern();

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
	 * Written piece by piece, so that a download is in flight for as long as its reader
	 * takes.
	 */
	@GetMapping("/bytes")
	void bytes(@RequestParam("n") long n, HttpServletResponse response) throws IOException {
		long left = Limits.BYTES.check(n);
		response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
		response.setContentLengthLong(left);
		OutputStream out = response.getOutputStream();
		while (left > 0) {
			int piece = (int) Math.min(left, PATTERN.length);
			out.write(PATTERN, 0, piece);
			left -= piece;
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
