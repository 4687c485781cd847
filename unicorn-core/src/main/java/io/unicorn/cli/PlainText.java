package io.unicorn.cli;

import java.util.regex.Pattern;

/**
 * Text that somebody else has written, on the operator's terminal: colours and whatever
 * else could make the terminal do something are taken out.
 */
final class PlainText {

	/** Escape sequences as far as they print letters, and then every other control. */
	private static final Pattern CONTROLS = Pattern
		.compile("\\e\\[[0-9;?]*[ -/]*[@-~]|(?!\t)\\p{Cntrl}|[\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]");

	private PlainText() {
	}

	static String of(String text) {
		return CONTROLS.matcher(text).replaceAll("");
	}

}
