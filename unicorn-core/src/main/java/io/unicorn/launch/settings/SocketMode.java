package io.unicorn.launch.settings;

import java.util.OptionalInt;

/**
 * Reads the permissions of a socket's file. Its owner may always read and write it, so
 * that the first octal digit is 6 or 7.
 */
public final class SocketMode {

	/** What {@link #parse} takes, for messages. */
	public static final String FORM = "an octal number from 0600 to 0777";

	private static final int LEAST = 0600;

	private static final int MOST = 0777;

	private SocketMode() {
	}

	/**
	 * Return the permissions, or empty if the text is no such number. YAML takes an
	 * unquoted 0660 for an octal number and passes on 432. As the first octal digit is 6
	 * or 7, no number has a meaning in both forms.
	 */
	public static OptionalInt parse(String text) {
		String digits = text.strip();
		if (digits.matches("(0|0o)?[67][0-7]{2}")) {
			return OptionalInt.of(Integer.parseInt(digits.substring(digits.length() - 3), 8));
		}
		if (digits.matches("[0-9]{3}")) {
			int read = Integer.parseInt(digits);
			return (read >= LEAST && read <= MOST) ? OptionalInt.of(read) : OptionalInt.empty();
		}
		return OptionalInt.empty();
	}

}
