package io.unicorn.cli;

import java.util.regex.Pattern;

/**
 * Removes colours and other control characters from text of the application, which must
 * not control the operator's terminal.
 */
final class PlainText {

	/** Escape sequences that end with a letter, and every other control character. */
	private static final Pattern CONTROLS = Pattern
		.compile("\\e\\[[0-9;?]*[ -/]*[@-~]|(?!\t)\\p{Cntrl}|[\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]");

	private PlainText() {
	}

	static String of(String text) {
		return CONTROLS.matcher(text).replaceAll("");
	}

}
