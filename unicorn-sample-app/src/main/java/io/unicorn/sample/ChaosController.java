package io.unicorn.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves requests that harm the worker. They exist only with {@code sample.chaos=true}.
 */
@RestController
@ConditionalOnProperty("sample.chaos")
@RequestMapping(path = "/chaos", produces = MediaType.TEXT_PLAIN_VALUE)
class ChaosController {

	private static final int MEBIBYTE = 1024 * 1024;

	private final Queue<byte[]> leaked = new ConcurrentLinkedQueue<>();

	/**
	 * Halts instead of exiting: a crash runs no shutdown hook.
	 */
	@PostMapping("/exit")
	void exit(@RequestParam(name = "code", defaultValue = "1") int code) {
		Runtime.getRuntime().halt((int) Limits.EXIT_CODE.check(code));
	}

	@PostMapping("/oom")
	String oom() {
		List<byte[]> all = new ArrayList<>();
		while (all.size() < Integer.MAX_VALUE) {
			all.add(new byte[MEBIBYTE]);
		}
		return all.size() + " MiB were not enough\n";
	}

	/**
	 * An interrupt does not end it either, as it would not end a call into a driver that
	 * hangs.
	 */
	@PostMapping("/hang")
	void hang() {
		while (true) {
			LockSupport.park(this);
			Thread.interrupted();
		}
	}

	@PostMapping("/leak")
	String leak(@RequestParam("mb") long mb) {
		for (long i = Limits.MEBIBYTES.check(mb); i > 0; i--) {
			this.leaked.add(new byte[MEBIBYTE]);
		}
		return "holding " + this.leaked.size() + " MiB\n";
	}

}
