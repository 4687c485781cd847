package io.unicorn.posix.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SocketFile;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;

/**
 * Opens listening Unix sockets. Thread-safe. The method is that of
 * {@link io.unicorn.posix.Posix}.
 */
public final class UnixListeners {

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_CLOEXEC = 0x80000;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	/**
	 * Create for this process.
	 */
	public UnixListeners(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
	}

	public Listener listen(SocketFile file, int backlog) throws PosixException {
		byte[] struct = SocketAddresses.encode(file.path());
		if (backlog < 1) {
			throw new IllegalArgumentException("Backlog must be at least 1, not " + backlog);
		}
		int fd = this.descriptors.moveUp(this.kernel.call("socket for " + file,
				() -> this.libc.socket(SocketAddresses.AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
		boolean bound = false;
		try {
			bind(fd, struct, file);
			bound = true;
			// A connection is refused until listen(), whatever the umask gave the file.
			protect(file);
			this.kernel.call("listen " + file, () -> this.libc.listen(fd, backlog));
			return new Listener(fd, UnixDomainSocketAddress.of(file.path()));
		}
		catch (PosixException | RuntimeException ex) {
			this.descriptors.close(fd);
			if (bound) {
				delete(file);
			}
			throw ex;
		}
	}

	private void bind(int fd, byte[] struct, SocketFile file) throws PosixException {
		String what = "bind " + file;
		if (this.kernel.repeat(() -> this.libc.bind(fd, struct, struct.length)) >= 0) {
			return;
		}
		int errno = this.kernel.errno();
		if (errno != PosixException.EADDRINUSE) {
			throw this.kernel.failure(what, errno);
		}
		if (!isSocket(file.path())) {
			throw new PosixException(what, errno, "the file exists and is no socket");
		}
		if (!isAbandoned(file.path())) {
			throw new PosixException(what, errno, "another process listens there");
		}
		delete(file);
		this.kernel.call(what, () -> this.libc.bind(fd, struct, struct.length));
	}

	private static boolean isSocket(Path path) throws PosixException {
		try {
			int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
			return (mode & 0170000) == 0140000;
		}
		catch (IOException ex) {
			throw failure("look at " + path, ex);
		}
	}

	/** Return whether no process listens at a socket. Does not block. */
	private static boolean isAbandoned(Path path) {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// The backlog of a process that is stopped (SIGSTOP) may be full.
			channel.configureBlocking(false);
			channel.connect(UnixDomainSocketAddress.of(path));
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void protect(SocketFile file) throws PosixException {
		PosixFileAttributeView attributes = Files.getFileAttributeView(file.path(), PosixFileAttributeView.class);
		try {
			Files.setAttribute(file.path(), "unix:mode", file.mode());
			int colon = file.owner().indexOf(':');
			String user = (colon < 0) ? file.owner() : file.owner().substring(0, colon);
			String group = (colon < 0) ? "" : file.owner().substring(colon + 1);
			UserPrincipalLookupService names = file.path().getFileSystem().getUserPrincipalLookupService();
			if (!group.isEmpty()) {
				attributes.setGroup(names.lookupPrincipalByGroupName(group));
			}
			if (!user.isEmpty()) {
				attributes.setOwner(names.lookupPrincipalByName(user));
			}
		}
		catch (UserPrincipalNotFoundException ex) {
			// The exception does not say which of them, from JDK 25 on.
			throw new PosixException("owner of " + file, Errno.EINVAL,
					"there is no such user or group as in " + file.owner());
		}
		catch (IOException ex) {
			throw failure("mode and owner " + file.owner() + " of " + file, ex);
		}
	}

	private static void delete(SocketFile file) throws PosixException {
		try {
			Files.deleteIfExists(file.path());
		}
		catch (IOException ex) {
			throw failure("delete " + file, ex);
		}
	}

	private static PosixException failure(String what, IOException ex) {
		String reason = (ex instanceof FileSystemException failed) ? failed.getReason() : ex.getMessage();
		return new PosixException(what, PosixException.EACCES, (reason != null) ? reason : ex.toString());
	}

}
