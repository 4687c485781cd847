package io.unicorn.posix;

import java.nio.charset.StandardCharsets;

/**
 * The kernel's groups of tasks by session ({@code sched_autogroup}), each of which has a
 * nice value. Unlike that of a process, it can be lowered again without a privilege, and
 * it holds for all threads at once.
 */
final class Autogroup {

	/** {@code O_WRONLY | O_CLOEXEC}. */
	private static final int O_WRITE = 0x1 | 0x80000;

	private final Kernel kernel;

	Autogroup(Kernel kernel) {
		this.kernel = kernel;
	}

	/**
	 * Set the nice value of a process's group.
	 * @return false if this was too soon after the last time
	 */
	boolean set(int pid, Priority priority) {
		NativeMemory path = this.kernel.string("/proc/" + pid + "/autogroup");
		int fd = this.kernel.repeat(() -> this.kernel.libc().open(path, O_WRITE));
		if (fd < 0) {
			// Not every kernel has it, and in some containers /proc is read-only. The
			// process is then as urgent as any other, as it would be without us.
			return true;
		}
		try {
			byte[] value = String.valueOf(priority.nice()).getBytes(StandardCharsets.US_ASCII);
			long written = this.kernel.repeatLong(() -> this.kernel.libc().write(fd, value, value.length));
			return written >= 0 || this.kernel.errno() != Errno.EAGAIN;
		}
		finally {
			this.kernel.libc().close(fd);
		}
	}

}
