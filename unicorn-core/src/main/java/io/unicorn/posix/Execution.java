package io.unicorn.posix;

import java.lang.ref.Reference;
import java.util.Set;

import jnr.ffi.Pointer;

/**
 * Replaces this process by another program.
 */
final class Execution {

	/** {@code sigset_t} has 128 bytes in glibc and musl. */
	static final int SIGSET_SIZE = 128;

	private static final int SIG_SETMASK = 2;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	Execution(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
	}

	void exec(Command command, Set<Integer> inherit) throws PosixException {
		Pointer path = this.kernel.string(command.executable());
		Pointer argv = this.kernel.strings(command.arguments());
		Pointer envp = this.kernel.strings(command.environment());
		Pointer emptyMask = this.kernel.allocate(SIGSET_SIZE);
		Pointer ownMask = this.kernel.allocate(SIGSET_SIZE);
		this.libc.sigemptyset(emptyMask);
		synchronized (this.descriptors) {
			this.descriptors.sweep(inherit);
			try {
				for (int fd : inherit) {
					this.descriptors.setCloseOnExec(fd, false);
				}
				// The new program starts with the mask of the calling thread. On Linux
				// sigprocmask is about that thread alone, and unlike pthread_sigmask it
				// is in libc.so also before glibc 2.32.
				this.kernel.call("signal mask", () -> this.libc.sigprocmask(SIG_SETMASK, emptyMask, ownMask));
				int error;
				try {
					this.libc.execve(path, argv, envp);
					error = this.kernel.errno();
				}
				finally {
					this.libc.sigprocmask(SIG_SETMASK, ownMask, emptyMask);
					Reference.reachabilityFence(path);
					Reference.reachabilityFence(argv);
					Reference.reachabilityFence(envp);
				}
				throw this.kernel.failure("exec " + NativeText.decode(command.executable()), error);
			}
			finally {
				for (int fd : inherit) {
					if (this.descriptors.isOpen(fd)) {
						this.descriptors.setCloseOnExec(fd, true);
					}
				}
			}
		}
	}

}
