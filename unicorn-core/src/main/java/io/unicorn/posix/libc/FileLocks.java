package io.unicorn.posix.libc;

import java.nio.file.Path;
import java.util.OptionalInt;

import io.unicorn.posix.Command;
import io.unicorn.posix.PosixException;

/**
 * Locks files and directories by {@code flock}. Such a lock belongs to a descriptor and
 * its copies in other processes, not to a process. Thread-safe.
 */
public final class FileLocks {

	/** {@code O_RDONLY | O_CLOEXEC}: a directory can only be opened for reading. */
	private static final int O_LOCK = 0x80000;

	private static final int LOCK_SH = 1;

	private static final int LOCK_EX = 2;

	private static final int LOCK_NB = 4;

	private final Kernel kernel;

	private final Descriptors descriptors;

	public FileLocks(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.descriptors = descriptors;
	}

	/**
	 * Take a shared lock, and wait while there is an exclusive one.
	 * @return the descriptor that holds it, from {@link Descriptors#FIRST} on
	 */
	public int shared(Path path) throws PosixException {
		return lock(path, LOCK_SH).orElseThrow();
	}

	/**
	 * Take an exclusive lock without waiting.
	 * @return the descriptor that holds it, or empty if there is another lock
	 */
	public OptionalInt exclusive(Path path) throws PosixException {
		return lock(path, LOCK_EX | LOCK_NB);
	}

	private OptionalInt lock(Path path, int operation) throws PosixException {
		NativeMemory name = NativeMemory.string(Command.bytes(path));
		int fd = this.descriptors.moveUp(this.kernel.call("open " + path, () -> this.kernel.libc().open(name, O_LOCK)));
		if (this.kernel.repeat(() -> this.kernel.libc().flock(fd, operation)) == 0) {
			return OptionalInt.of(fd);
		}
		int error = this.kernel.errno();
		this.descriptors.close(fd);
		if (error == Errno.EAGAIN) {
			return OptionalInt.empty();
		}
		throw this.kernel.failure("lock " + path, error);
	}

}
