package io.unicorn.sample.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the requests of the benchmarks. Only the jars of the benchmarks contain it, with
 * and without the starter.
 */
@RestController
@Profile("bench")
@RequestMapping(produces = MediaType.TEXT_PLAIN_VALUE)
class BenchController {

	private static final int KIBIBYTE = 1024;

	private static final int MEBIBYTE = 1024 * KIBIBYTE;

	/** What one request to {@link #allocate} allocates, in pieces of a kibibyte. */
	private static final int GARBAGE = 2 * KIBIBYTE;

	/** One of so many pieces is kept and replaces an older one. */
	private static final int KEPT = 16;

	private final Object lock = new Object();

	/**
	 * Fills three tenths of the heap, so that the same total heap holds the same amount
	 * of live data.
	 */
	private final byte[][] live = new byte[(int) (Runtime.getRuntime().maxMemory() / KIBIBYTE * 3 / 10)][];

	private final List<byte[]> exhausted = new ArrayList<>();

	@GetMapping("/hello")
	String hello() {
		return "Hello, World!";
	}

	/**
	 * Holds a global lock for a millisecond.
	 */
	@GetMapping("/lock")
	String lock() throws InterruptedException {
		synchronized (this.lock) {
			Thread.sleep(1);
		}
		return "had it";
	}

	@GetMapping("/allocate")
	String allocate() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		int checksum = 0;
		for (int i = 0; i < GARBAGE; i++) {
			byte[] piece = new byte[KIBIBYTE];
			checksum += piece.length;
			if (i % KEPT == 0) {
				this.live[random.nextInt(this.live.length)] = piece;
			}
		}
		return checksum + " bytes";
	}

	/**
	 * Keeps what it allocates, so that the heap stays exhausted.
	 */
	@GetMapping("/exhaust")
	synchronized String exhaust() {
		while (this.exhausted.size() < Integer.MAX_VALUE) {
			this.exhausted.add(new byte[MEBIBYTE / 8]);
		}
		return "not exhausted";
	}

}
