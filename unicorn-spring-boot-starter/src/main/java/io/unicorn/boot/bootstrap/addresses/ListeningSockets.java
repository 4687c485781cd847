package io.unicorn.boot.bootstrap.addresses;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.unicorn.posix.Command;

/**
 * Looks up which sockets of this machine or container are listening, in the kernel's
 * tables.
 */
final class ListeningSockets {

	private static final Path TABLES = Path.of("/proc/self/net");

	/** {@code TCP_LISTEN}. */
	private static final String LISTENING = "0A";

	/** The flags of a Unix socket that listens, {@code __SO_ACCEPTCON}. */
	private static final String ACCEPTING = "00010000";

	/** Address, references, protocol, flags, type, state, inode, path. */
	private static final int UNIX_COLUMNS = 8;

	private ListeningSockets() {
	}

	/** Whether a process listens on a TCP port, on any address. */
	static boolean hasPort(int port) {
		String suffix = String.format(":%04X", port);
		return Stream.of("tcp", "tcp6").anyMatch((table) -> any(table, (line) -> {
			String[] fields = line.strip().split(" +", 5);
			return fields.length == 5 && fields[1].endsWith(suffix) && fields[3].equals(LISTENING);
		}));
	}

	/** Whether a process listens at a Unix socket. */
	static boolean hasPath(Path path) {
		// The bytes of a path, one character each.
		String bytes = Command.bytes(path);
		return any("unix", (line) -> {
			String[] fields = line.strip().split(" +", UNIX_COLUMNS);
			return fields.length == UNIX_COLUMNS && fields[3].equals(ACCEPTING) && fields[7].equals(bytes);
		});
	}

	private static boolean any(String table, Predicate<String> matching) {
		try (Stream<String> lines = Files.lines(TABLES.resolve(table), StandardCharsets.ISO_8859_1)) {
			return lines.anyMatch(matching);
		}
		catch (IOException | UncheckedIOException ex) {
			// As in a container without /proc, where nothing can be said.
			return false;
		}
	}

}
