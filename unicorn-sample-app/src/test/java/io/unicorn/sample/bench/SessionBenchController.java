package io.unicorn.sample.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import jakarta.servlet.http.HttpSession;

import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Counts the requests of a session that has four kilobytes of other attributes.
 */
@RestController
@Profile("bench")
class SessionBenchController {

	private static final int LINES = 40;

	@GetMapping("/session")
	String count(HttpSession session) {
		Integer before = (Integer) session.getAttribute("count");
		int count = (before != null) ? before + 1 : 1;
		if (before == null) {
			session.setAttribute("content", content());
		}
		session.setAttribute("count", count);
		return Integer.toString(count);
	}

	/** Lines of a hundred characters each. */
	private static List<String> content() {
		List<String> lines = new ArrayList<>();
		for (int line = 0; line < LINES; line++) {
			lines.add(Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), Character.MAX_RADIX)
				.repeat(100)
				.substring(0, 100));
		}
		return lines;
	}

}
