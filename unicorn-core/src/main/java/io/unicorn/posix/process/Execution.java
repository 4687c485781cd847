package io.unicorn.posix.process;

import java.lang.ref.Reference;
import java.util.Set;

import io.unicorn.posix.Command;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import io.unicorn.posix.libc.NativeMemory;

/**
 * Executes another program in this process. Thread-safe.
 */
public final class Execution {

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	private final Signals signals;

	/**
	 * Create for this process.
	 */
	public Execution(Kernel kernel, Descriptors descriptors, Signals signals) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
		this.signals = signals;
	}

	/**
	 * Execute a program, as {@link io.unicorn.posix.Posix#exec(Command, Set, Set)} does.
	 */
	public void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException {
		NativeMemory path = NativeMemory.string(command.executable());
		NativeMemory argv = NativeMemory.strings(command.arguments());
		NativeMemory envp = NativeMemory.strings(command.environment());
		try {
			synchronized (this.descriptors) {
				this.descriptors.sweep(inherit);
				try {
					for (int fd : inherit) {
						this.descriptors.setCloseOnExec(fd, false);
					}
					int error = exec(path, argv, envp, this.signals.deferral(deferred));
					throw this.kernel.failure("exec " + Command.text(command.executable()), error);
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
