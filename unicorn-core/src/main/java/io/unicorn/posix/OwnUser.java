package io.unicorn.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/**
 * Identifies the user that this process acts as. The owner of {@code /proc/self} is
 * another one if the kernel protects the process from being traced: then it is root, for
 * example if the {@code java} program has file capabilities.
 */
public final class OwnUser {

	/** Index in the line {@code Uid} of {@code status}, which begins with a name. */
	private static final int EFFECTIVE = 2;

	private OwnUser() {
	}

	/**
	 * Return the number of the user.
	 * @throws IOException if it cannot be read from {@code /proc}
	 */
	public static int id() throws IOException {
		try {
			return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)
				.stream()
				.filter((line) -> line.startsWith("Uid:"))
				.mapToInt((line) -> Integer.parseUnsignedInt(line.split("\t", -1)[EFFECTIVE]))
				.findFirst()
				.orElseThrow();
		}
		catch (RuntimeException ex) {
			throw new IOException("/proc/self/status does not say which user this process acts as", ex);
		}
	}

	/**
	 * Return the user.
	 * @throws IOException if it cannot be read from {@code /proc}
	 */
	public static UserPrincipal principal() throws IOException {
		return principal(id());
	}

	static UserPrincipal principal(int id) throws IOException {
		// A number, because not every user has a name.
		return FileSystems.getDefault()
			.getUserPrincipalLookupService()
			.lookupPrincipalByName(Integer.toUnsignedString(id));
	}

}
