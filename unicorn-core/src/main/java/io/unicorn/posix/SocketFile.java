package io.unicorn.posix;

import java.nio.file.Path;

/**
 * Describes the file of a Unix socket. A process that may write it can connect.
 *
 * @param path its path, absolute
 * @param mode its permissions, such as 0660
 * @param owner its user and group, as {@code chown} takes them ({@code user},
 * {@code user:group}, {@code :group}); empty to leave it to the user and group of this
 * process
 */
public record SocketFile(Path path, int mode, String owner) {

	/** {@code sun_path} has 108 bytes, and the last one is 0. */
	public static final int MOST_BYTES = 107;

	/** Return the path as an address. */
	@Override
	public String toString() {
		return "unix:" + this.path;
	}

}
