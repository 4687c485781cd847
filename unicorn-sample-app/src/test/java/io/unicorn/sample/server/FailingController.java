package io.unicorn.sample.server;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers {@code /fail} with status 500, with servlets and without.
 */
@RestController
public class FailingController {

	@GetMapping("/fail")
	@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
	String fail() {
		return "failed\n";
	}

}
