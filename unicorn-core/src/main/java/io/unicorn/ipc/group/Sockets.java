package io.unicorn.ipc.group;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The Unix sockets of the members, as files in the directory of the group; the name of
 * each is the id of its member.
 */
final class Sockets {

	/** Members that connect at the same moment wait here. */
	private static final int BACKLOG = 1024;

	private final Path directory;

	/**
	 * Create.
	 * @throws LinkageError if this Java runtime lacks the module {@code jdk.net}
	 */
	Sockets(Path directory) {
		this.directory = directory;
		var unused = ExtendedSocketOptions.SO_PEERCRED;
	}

	private Path file(long id) {
		return this.directory.resolve(Long.toString(id));
	}

	/**
	 * Listen on the socket of a member.
	 * @return a channel that does not block
	 */
	ServerSocketChannel listen(long id) throws IOException {
		Files.createDirectories(this.directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Path begun = this.directory.resolve("." + id);
		Files.deleteIfExists(begun);
		ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		try {
			server.bind(UnixDomainSocketAddress.of(begun), BACKLOG);
			Files.setPosixFilePermissions(begun, PosixFilePermissions.fromString("rw-------"));
			server.configureBlocking(false);
			// Between bind and listen it refuses connections, as that of an ended member.
			Files.move(begun, file(id), StandardCopyOption.ATOMIC_MOVE);
			return server;
		}
		catch (IOException | RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	boolean exists(long id) {
		return Files.exists(file(id), LinkOption.NOFOLLOW_LINKS);
	}

	/** Return the ids that have a socket, also those of members that have ended. */
	List<Long> ids() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.matches("[0-9]{1,18}"))
				.map(Long::valueOf)
				.sorted()
				.toList();
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	/**
	 * Connect to a member. Does not wait, even if the process of the member is stopped.
	 * @return the connection, or {@code null} if there is none now; the socket of a
	 * member that has ended is removed
	 */
	@Nullable SocketChannel connect(long id) throws IOException {
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		try {
			channel.configureBlocking(false);
			if (channel.connect(UnixDomainSocketAddress.of(file(id)))) {
				return channel;
			}
		}
		catch (ConnectException ex) {
			Files.deleteIfExists(file(id));
		}
		catch (IOException ex) {
			// It has gone in this moment.
		}
		channel.close();
		return null;
	}

	/**
	 * Whether the process at the other end is of the user whom the directory belongs to.
	 */
	boolean isOwn(SocketChannel connection) throws IOException {
		UserPrincipal user = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
		return user.equals(Files.getOwner(this.directory));
	}

	void remove(long id) {
		try {
			Files.deleteIfExists(file(id));
		}
		catch (IOException ex) {
			// The next member removes it.
		}
	}

}
