package io.unicorn.posix;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

import jdk.net.ExtendedSocketOptions;

/**
 * The process at the other end of a local socket, as the kernel knows it.
 *
 * @param user the user that it acted as when it connected or began to listen
 */
public record Peer(UserPrincipal user) {

	/** The number, because not every system has a name for it. */
	private static final String ROOT = "0";

	/**
	 * Return who is at the other end.
	 * @throws IOException if the kernel does not say it
	 * @throws LinkageError if this JDK was built without the module {@code jdk.net}
	 */
	public static Peer of(SocketChannel channel) throws IOException {
		return new Peer(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
	}

	/**
	 * Whether it acts as the same user as this process, or as root.
	 */
	public boolean isTrusted() throws IOException {
		return this.user.equals(self()) || this.user.equals(root());
	}

	/**
	 * Whether this process acts as root, who may talk to everybody.
	 */
	public static boolean isSelfRoot() throws IOException {
		return self().equals(root());
	}

	private static UserPrincipal self() throws IOException {
		return Files.getOwner(Path.of("/proc/self"));
	}

	private static UserPrincipal root() throws IOException {
		return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(ROOT);
	}

}
