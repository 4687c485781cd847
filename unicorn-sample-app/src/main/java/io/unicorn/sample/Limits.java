package io.unicorn.sample;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The range of values that a request parameter may have.
 */
enum Limits {

	/**
	 * Milliseconds: up to ten minutes.
	 */
	MILLIS("ms", 0, 600_000),

	/**
	 * Milliseconds between two events: from one to ten minutes.
	 */
	INTERVAL("ms", 1, 600_000),

	/**
	 * Bytes of a download: up to 100 MiB.
	 */
	BYTES("n", 0, 100L * 1024 * 1024),

	/**
	 * Mebibytes to leak.
	 */
	MEBIBYTES("mb", 0, 65_536),

	/**
	 * An exit status.
	 */
	EXIT_CODE("code", 0, 255);

	private final String parameter;

	private final long least;

	private final long most;

	Limits(String parameter, long least, long most) {
		this.parameter = parameter;
		this.least = least;
		this.most = most;
	}

	long check(long value) {
		if (value < this.least || value > this.most) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"%s must be between %d and %d but is %d".formatted(this.parameter, this.least, this.most, value));
		}
		return value;
	}

}
