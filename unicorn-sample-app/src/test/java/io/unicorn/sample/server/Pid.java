package io.unicorn.sample.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.http.Response;

/**
 * Reads which process has answered.
 */
final class Pid {

	private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

	private Pid() {
	}

	static long in(Response response) {
		Matcher pid = PID.matcher(response.text());
		if (!pid.find()) {
			throw new AssertionError("No pid in " + response);
		}
		return Long.parseLong(pid.group(1));
	}

}
