package io.unicorn.posix.process;

import java.io.FileInputStream;
import java.io.IOException;

import io.unicorn.posix.OutputPipe;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;

/**
 * Opens pipes for the output of children. Thread-safe.
 */
public final class OutputPipes {

	private static final int O_CLOEXEC = 0x80000;

	private final Kernel kernel;

	private final Descriptors descriptors;

	/**
	 * Create for this process.
	 */
	public OutputPipes(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.descriptors = descriptors;
	}

	/**
	 * Open a pipe. The JDK reads its end under a descriptor of its own.
	 */
	public OutputPipe open() throws PosixException {
		int[] fds = new int[2];
		this.kernel.call("pipe2", () -> this.kernel.libc().pipe2(fds, O_CLOEXEC));
		try {
			FileInputStream reader = new FileInputStream("/proc/self/fd/" + fds[0]);
			try {
				return new OutputPipe(reader, this.descriptors.moveUp(fds[1]));
			}
			catch (PosixException ex) {
				closeQuietly(reader);
				throw ex;
			}
		}
		catch (PosixException ex) {
			throw ex;
		}
		catch (IOException ex) {
			this.descriptors.close(fds[1]);
			throw this.kernel.failure("open a pipe under /proc/self/fd", Errno.ENOENT);
		}
		finally {
			this.descriptors.close(fds[0]);
		}
	}

	private static void closeQuietly(FileInputStream reader) {
		try {
			reader.close();
		}
		catch (IOException ex) {
			// Nothing was read from it.
		}
	}

}
