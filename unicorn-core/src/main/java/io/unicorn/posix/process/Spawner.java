package io.unicorn.posix.process;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Set;

import io.unicorn.posix.Command;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import io.unicorn.posix.libc.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * Starts child processes by {@code posix_spawn}, which unlike {@code fork} is safe in a
 * process with many threads. Thread-safe.
 */
final class Spawner {

	/**
	 * Room for {@code posix_spawnattr_t} (336 bytes in glibc and musl) and
	 * {@code posix_spawn_file_actions_t} (80 bytes).
	 */
	private static final int STRUCT_SIZE = 512;

	private static final int O_RDONLY = 0;

	/** {@code O_WRONLY | O_CREAT | O_TRUNC | O_APPEND}. */
	private static final int O_OUTPUT = 0x1 | 0x40 | 0x200 | 0x400;

	private static final int OWNER_ONLY = 0600;

	private static final int SIGTTOU = 22;

	private static final long SIG_IGN = 1;

	private static final int SETPGROUP = 0x02;

	private static final int SETSIGDEF = 0x04;

	private static final int SETSIGMASK = 0x08;

	private static final int FIRST_PASSED = 3;

	private final Kernel kernel;

	private final Libc libc;

	private final Descriptors descriptors;

	Spawner(Kernel kernel, Descriptors descriptors) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.descriptors = descriptors;
	}

	int spawn(Command command, @Nullable Path output, int... passed) throws PosixException {
		for (int fd : passed) {
			if (fd < FIRST_PASSED + passed.length) {
				throw new IllegalArgumentException(
						"Descriptor " + fd + " would be overwritten in the child before it is passed on");
			}
		}
		String what = "spawn " + Command.text(command.executable())
				+ ((output != null) ? " with output to " + output : "");
		NativeMemory path = NativeMemory.string(command.executable());
		NativeMemory argv = NativeMemory.strings(command.arguments());
		NativeMemory envp = NativeMemory.strings(command.environment());
		NativeMemory nullDevice = NativeMemory.string("/dev/null");
		NativeMemory file = (output != null) ? NativeMemory.string(Command.bytes(output)) : null;
		NativeMemory actions = new NativeMemory(STRUCT_SIZE);
		NativeMemory attributes = new NativeMemory(STRUCT_SIZE);
		this.kernel.check(what, this.libc.posix_spawn_file_actions_init(actions));
		this.kernel.check(what, this.libc.posix_spawnattr_init(attributes));
		try {
			addActions(what, actions, nullDevice, file, passed);
			setAttributes(what, attributes);
			int[] pid = new int[1];
			synchronized (this.descriptors) {
				this.descriptors.sweep(Set.of());
				long handler = this.libc.signal(SIGTTOU, SIG_IGN);
				try {
					this.kernel.check(what, this.libc.posix_spawn(pid, path, actions, attributes, argv, envp));
				}
				finally {
					this.libc.signal(SIGTTOU, handler);
				}
			}
			return pid[0];
		}
		finally {
			this.libc.posix_spawn_file_actions_destroy(actions);
			this.libc.posix_spawnattr_destroy(attributes);
			Reference.reachabilityFence(path);
			Reference.reachabilityFence(argv);
			Reference.reachabilityFence(envp);
			Reference.reachabilityFence(nullDevice);
			Reference.reachabilityFence(file);
		}
	}

	private void addActions(String what, NativeMemory actions, NativeMemory nullDevice, @Nullable NativeMemory output,
			int... passed) throws PosixException {
		this.kernel.check(what, this.libc.posix_spawn_file_actions_addopen(actions, 0, nullDevice, O_RDONLY, 0));
		if (output != null) {
			this.kernel.check(what,
					this.libc.posix_spawn_file_actions_addopen(actions, 1, output, O_OUTPUT, OWNER_ONLY));
			this.kernel.check(what, this.libc.posix_spawn_file_actions_adddup2(actions, 1, 2));
		}
		for (int i = 0; i < passed.length; i++) {
			this.kernel.check(what, this.libc.posix_spawn_file_actions_adddup2(actions, passed[i], FIRST_PASSED + i));
		}
		closeOthers(what, actions, FIRST_PASSED + passed.length);
	}

	/**
	 * Close in the child the files that another thread of the JVM has opened since the
	 * sweep. Descriptors of this package are close-on-exec from their first moment.
	 */
	private void closeOthers(String what, NativeMemory actions, int first) throws PosixException {
		try {
			this.kernel.check(what, this.libc.posix_spawn_file_actions_addclosefrom_np(actions, first));
		}
		catch (UnsatisfiedLinkError ex) {
			// glibc before 2.34, and musl: a file that is opened after the sweep leaks.
		}
	}

	private void setAttributes(String what, NativeMemory attributes) throws PosixException {
		// A worker does not inherit the signals that a thread here blocks or that this
		// process ignores (nohup, a shell's background job).
		NativeMemory noSignals = new NativeMemory(Signals.SET_SIZE);
		NativeMemory allSignals = new NativeMemory(Signals.SET_SIZE);
		// The kernel may stop a process that is not in the foreground of its terminal
		// when it writes there (stty tostop), and a stopped worker counts as hung.
		this.libc.sigemptyset(noSignals);
		this.libc.sigfillset(allSignals);
		this.libc.sigdelset(allSignals, SIGTTOU);
		this.kernel.check(what, this.libc.posix_spawnattr_setsigmask(attributes, noSignals));
		this.kernel.check(what, this.libc.posix_spawnattr_setsigdefault(attributes, allSignals));
		// A process group of its own, which Ctrl-C at the terminal does not reach. Not a
		// session: where the kernel divides the processors among sessions (autogroup), a
		// thread of a session with few threads on a processor waits long.
		this.kernel.check(what,
				this.libc.posix_spawnattr_setflags(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK)));
	}

}
