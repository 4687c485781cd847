package io.unicorn.posix.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.unicorn.posix.Command;

/**
 * Counts the connections in the backlog of a Unix socket, by the kernel's table of all
 * Unix sockets. A connection that no process has accepted has no inode, is connecting,
 * and bears the path of the listening socket, also after the file was renamed or deleted.
 */
final class UnixBacklog {

	private static final Path TABLE = Path.of("/proc/self/net/unix");

	/** {@code SS_CONNECTING}. */
	private static final String CONNECTING = "02";

	private static final String NO_INODE = "0";

	/** Address, references, protocol, flags, type, state, inode, path. */
	private static final int COLUMNS = 8;

	private UnixBacklog() {
	}

	static int count(UnixDomainSocketAddress address) throws IOException {
		return count(address, TABLE);
	}

	static int count(UnixDomainSocketAddress address, Path table) throws IOException {
		String path = Command.bytes(address.getPath());
		// The bytes of a path, one character each.
		try (Stream<String> lines = Files.lines(table, StandardCharsets.ISO_8859_1)) {
			return (int) lines.map((line) -> line.strip().split(" +", COLUMNS))
				.filter((fields) -> fields.length == COLUMNS && fields[5].equals(CONNECTING)
						&& fields[6].equals(NO_INODE) && fields[7].equals(path))
				.count();
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

}
