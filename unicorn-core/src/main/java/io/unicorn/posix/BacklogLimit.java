package io.unicorn.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads how many connections the kernel lets wait at a listening socket
 * ({@code net.core.somaxconn}), whatever the socket asks for.
 */
public final class BacklogLimit {

	private static final Path FILE = Path.of("/proc/sys/net/core/somaxconn");

	private BacklogLimit() {
	}

	/**
	 * Return the length that a backlog really has.
	 * @param asked the length that is asked for
	 */
	public static int of(int asked) {
		return of(asked, FILE);
	}

	static int of(int asked, Path file) {
		try {
			String number = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
			return number.matches("[0-9]{1,9}") ? Math.min(asked, Integer.parseInt(number)) : asked;
		}
		catch (IOException ex) {
			return asked;
		}
	}

}
