package io.unicorn.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads how many connections the kernel lets wait at a listening socket
 * ({@code net.core.somaxconn}), whatever the socket asks for.
 */
public final class BacklogLimit {

	private static final Path FILE = Path.of("/proc/sys/net/core/somaxconn");

	private static final int MOST_DIGITS = 32;

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
		try (InputStream in = Files.newInputStream(file)) {
			// The kernel returns the whole number to the first read, and nothing to
			// others.
			String number = new String(in.readNBytes(MOST_DIGITS), StandardCharsets.ISO_8859_1).strip();
			return number.matches("[0-9]{1,9}") ? Math.min(asked, Integer.parseInt(number)) : asked;
		}
		catch (IOException ex) {
			return asked;
		}
	}

}
