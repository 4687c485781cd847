package io.unicorn.posix;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Starts child processes with {@code posix_spawn}, which unlike {@code fork} is safe in a
 * process with many threads.
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

	private static final int OWNER_ALONE = 0600;

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
		String what = "spawn " + NativeText.decode(command.executable())
				+ ((output != null) ? " with output to " + output : "");
		NativeMemory path = this.kernel.string(command.executable());
		NativeMemory argv = this.kernel.strings(command.arguments());
		NativeMemory envp = this.kernel.strings(command.environment());
		NativeMemory nullDevice = this.kernel.string("/dev/null");
		NativeMemory file = (output != null) ? this.kernel.string(Command.bytes(output)) : null;
		NativeMemory actions = this.kernel.allocate(STRUCT_SIZE);
		NativeMemory attributes = this.kernel.allocate(STRUCT_SIZE);
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
					this.libc.posix_spawn_file_actions_addopen(actions, 1, output, O_OUTPUT, OWNER_ALONE));
			this.kernel.check(what, this.libc.posix_spawn_file_actions_adddup2(actions, 1, 2));
		}
		for (int i = 0; i < passed.length; i++) {
			this.kernel.check(what, this.libc.posix_spawn_file_actions_adddup2(actions, passed[i], FIRST_PASSED + i));
		}
		closeOthers(what, actions, FIRST_PASSED + passed.length);
	}

	/**
	 * Close in the child what another thread of the JVM has opened since the sweep. Our
	 * own descriptors need no such net: they are close-on-exec from their first moment.
	 */
	private void closeOthers(String what, NativeMemory actions, int first) throws PosixException {
		try {
			this.kernel.check(what, this.libc.posix_spawn_file_actions_addclosefrom_np(actions, first));
		}
		catch (UnsatisfiedLinkError ex) {
			// Before glibc 2.34, and musl. Then the sweep must do.
		}
	}

	private void setAttributes(String what, NativeMemory attributes) throws PosixException {
		// What a thread of ours blocks or this process ignores (nohup, a shell's
		// background job) is not the worker's business.
		NativeMemory noSignals = this.kernel.allocate(Signals.SET_SIZE);
		NativeMemory allSignals = this.kernel.allocate(Signals.SET_SIZE);
		// A process that is not in the foreground of its terminal may be stopped when it
		// writes there (stty tostop), and a stopped worker would be taken for a hung one.
		this.libc.sigemptyset(noSignals);
		this.libc.sigfillset(allSignals);
		this.libc.sigdelset(allSignals, SIGTTOU);
		this.kernel.check(what, this.libc.posix_spawnattr_setsigmask(attributes, noSignals));
		this.kernel.check(what, this.libc.posix_spawnattr_setsigdefault(attributes, allSignals));
		// A process group of its own, which Ctrl-C at our terminal does not reach. Not a
		// session: where the kernel shares the processors among sessions (autogroup),
		// threads of one that has few on a processor wait long for those of others.
		this.kernel.check(what,
				this.libc.posix_spawnattr_setflags(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK)));
	}

}
