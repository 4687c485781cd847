package io.unicorn.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The children of this process, from their start to the moment they are reaped. A child's
 * number is free for others only when it is reaped; that happens under the lock under
 * which signals are sent, so a signal never hits somebody else. Thread-safe.
 */
final class Children {

	private static final int SIGCHLD = 17;

	private static final long SIG_DFL = 0;

	private static final int P_ALL = 0;

	private static final int WNOHANG = 1;

	private static final int WEXITED = 4;

	private static final int WNOWAIT = 0x1000000;

	/** {@code siginfo_t} and its {@code si_pid}, on 64-bit Linux. */
	private static final int SIGINFO_SIZE = 128;

	private static final int SIGINFO_PID = 16;

	private final Kernel kernel;

	private final Libc libc;

	private final Spawner spawner;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition spawned = this.lock.newCondition();

	private final Set<Integer> live = new HashSet<>();

	Children(Kernel kernel, Spawner spawner) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.spawner = spawner;
	}

	int spawn(Command command, @Nullable Path output, int... descriptors) throws PosixException {
		this.lock.lock();
		try {
			// A parent that ignores SIGCHLD passes that on to us, and then the kernel
			// reaps our children itself and their exit codes are lost.
			this.libc.signal(SIGCHLD, SIG_DFL);
			int pid = this.spawner.spawn(command, output, descriptors);
			this.live.add(pid);
			this.spawned.signalAll();
			return pid;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean kill(int pid, int signal) {
		this.lock.lock();
		try {
			return this.live.contains(pid) && this.libc.kill(pid, signal) == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	Exit awaitExit() throws InterruptedException {
		while (true) {
			int pid = awaitAny();
			Exit exit = (pid > 0) ? reap(pid) : awaitChild();
			if (exit != null) {
				return exit;
			}
		}
	}

	/**
	 * Wait until some child has ended, but leave it a zombie. Returns -1 if there is no
	 * child.
	 */
	private int awaitAny() {
		byte[] siginfo = new byte[SIGINFO_SIZE];
		int result = this.kernel.repeat(() -> this.libc.waitid(P_ALL, 0, siginfo, WEXITED | WNOWAIT));
		return (result < 0) ? -1 : ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder()).getInt(SIGINFO_PID);
	}

	private @Nullable Exit reap(int pid) {
		this.lock.lock();
		try {
			int[] status = new int[1];
			int result = this.kernel.repeat(() -> this.libc.waitpid(pid, status, WNOHANG));
			boolean ours = result == pid && this.live.remove(pid);
			return ours ? toExit(pid, status[0]) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for the next spawn. If instead a child of ours turns out to be gone because
	 * other code in this process took its status, say so: waiting for it would never end.
	 */
	private @Nullable Exit awaitChild() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (this.live.isEmpty()) {
				this.spawned.await();
			}
			for (int pid : this.live) {
				int[] status = new int[1];
				int result = this.kernel.repeat(() -> this.libc.waitpid(pid, status, WNOHANG));
				if (result == pid) {
					this.live.remove(pid);
					return toExit(pid, status[0]);
				}
				if (result < 0 && this.kernel.errno() == Errno.ECHILD) {
					this.live.remove(pid);
					return new Exit(pid, -1, 0);
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static Exit toExit(int pid, int status) {
		int signal = status & 0x7f;
		return (signal == 0) ? new Exit(pid, (status >> 8) & 0xff, 0) : new Exit(pid, -1, signal);
	}

}
