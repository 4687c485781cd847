package io.unicorn.master.listener;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket that the master has bound. Without it, no new connection can
 * begin, while those in the backlog can be accepted. A file that another program has put
 * in its place is left alone.
 */
final class SocketPath {

	private final Path path;

	/** Where the file is while no connection may begin. */
	private final Path aside;

	/** Identifies the file. */
	private final @Nullable Object key;

	private SocketPath(Path path) {
		this.path = path;
		this.aside = path.resolveSibling("." + path.getFileName() + ".closing");
		this.key = key(path);
	}

	/**
	 * Return the file of a listener, or {@code null} if the listener has none.
	 */
	static @Nullable SocketPath of(Listener listener) {
		return (listener.address() instanceof UnixDomainSocketAddress unix && unix.getPath().isAbsolute())
				? new SocketPath(unix.getPath()) : null;
	}

	/** Let no new connection begin. */
	void hide() throws PosixException {
		if (isAt(this.path)) {
			move(this.path, this.aside);
		}
	}

	/** Let new connections begin again. */
	void show() throws PosixException {
		if (isAt(this.aside) && !Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			move(this.aside, this.path);
		}
	}

	/** Delete the file. */
	void delete() {
		for (Path place : new Path[] { this.path, this.aside }) {
			try {
				if (isAt(place)) {
					Files.deleteIfExists(place);
				}
			}
			catch (IOException ex) {
				// The next start replaces it.
			}
		}
	}

	private boolean isAt(Path place) {
		return this.key != null && Objects.equals(key(place), this.key);
	}

	private static @Nullable Object key(Path place) {
		try {
			return Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static void move(Path from, Path to) throws PosixException {
		try {
			Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new PosixException("rename " + from, PosixException.EACCES, String.valueOf(ex.getMessage()));
		}
	}

}
