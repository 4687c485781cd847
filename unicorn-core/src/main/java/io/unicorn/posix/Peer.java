package io.unicorn.posix;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;

import jdk.net.ExtendedSocketOptions;

/**
 * Identifies the process at the other end of a Unix socket by what the kernel says.
 *
 * @param user the user that it acted as when it connected or began to listen
 */
public record Peer(UserPrincipal user) {

	private static final int ROOT = 0;

	/**
	 * Return the peer of a connected Unix socket.
	 * @throws IOException if the kernel does not know it
	 * @throws LinkageError if this JDK was built without the module {@code jdk.net}
	 */
	public static Peer of(SocketChannel channel) throws IOException {
		return new Peer(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
	}

	/**
	 * Return whether the peer acts as the same user as this process, or as root.
	 * @throws IOException if the user of this process cannot be read from {@code /proc}
	 */
	public boolean isTrusted() throws IOException {
		return this.user.equals(OwnUser.principal()) || this.user.equals(root());
	}

	/**
	 * Return whether this process acts as root, which may command the pools of all users.
	 * @throws IOException if the user of this process cannot be read from {@code /proc}
	 */
	public static boolean isSelfRoot() throws IOException {
		return OwnUser.id() == ROOT;
	}

	private static UserPrincipal root() throws IOException {
		return OwnUser.principal(ROOT);
	}

}
