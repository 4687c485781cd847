package io.unicorn.posix;

import java.lang.ref.Reference;
import java.util.Set;

/**
 * Replaces this process by another program.
 */
final class Execution {

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	private final Signals signals;

	Execution(Kernel kernel, Descriptors descriptors, Signals signals) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
		this.signals = signals;
	}

	void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException {
		NativeMemory path = this.kernel.string(command.executable());
		NativeMemory argv = this.kernel.strings(command.arguments());
		NativeMemory envp = this.kernel.strings(command.environment());
		try {
			synchronized (this.descriptors) {
				this.descriptors.sweep(inherit);
				try {
					for (int fd : inherit) {
						this.descriptors.setCloseOnExec(fd, false);
					}
					int error = exec(path, argv, envp, this.signals.deferral(deferred));
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
		finally {
			Reference.reachabilityFence(path);
			Reference.reachabilityFence(argv);
			Reference.reachabilityFence(envp);
		}
	}

	private int exec(NativeMemory path, NativeMemory argv, NativeMemory envp, Signals.Deferral deferral)
			throws PosixException {
		deferral.begin();
		try {
			this.libc.execve(path, argv, envp);
			return this.kernel.errno();
		}
		finally {
			deferral.end();
		}
	}

}
