package io.unicorn.posix.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.ExitHold;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import io.unicorn.posix.scheduling.Background;
import io.unicorn.posix.scheduling.IdleThreads;
import org.jspecify.annotations.Nullable;

/**
 * Starts, signals and reaps the children of this process. The kernel gives the process id
 * of a child to another process only after the child is reaped. Reaping holds the lock
 * that sending a signal holds, so a signal never hits another process. Thread-safe. The
 * methods are those of {@link io.unicorn.posix.Posix}.
 */
public final class Children {

	private static final int SIGCHLD = 17;

	private static final int SIGKILL = 9;

	private static final long SIG_DFL = 0;

	/** Applies to a whole process group, with all threads. */
	private static final int PRIO_PGRP = 1;

	private static final int HIGHEST_NICE = 19;

	private static final String HIGHEST_OOM_SCORE = "1000";

	private static final int P_ALL = 0;

	private static final int P_PID = 1;

	private static final int WNOHANG = 1;

	private static final int WEXITED = 4;

	private static final int WNOWAIT = 0x1000000;

	/** {@code siginfo_t} and its {@code si_pid}, on 64-bit Linux. */
	private static final int SIGINFO_SIZE = 128;

	private static final int SIGINFO_PID = 16;

	private final Kernel kernel;

	private final Libc libc;

	private final Spawner spawner;

	private final Background background;

	private final IdleThreads idleThreads;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition spawned = this.lock.newCondition();

	private final Condition released = this.lock.newCondition();

	private final Set<Integer> live = new HashSet<>();

	/** Children whose process group ends with them. */
	private final Set<Integer> groups = new HashSet<>();

	private int holds;

	/**
	 * Create without any child.
	 * @param descriptors what children inherit
	 * @param background how children are confined
	 * @param idleThreads how threads of children are made idle
	 */
	public Children(Kernel kernel, Descriptors descriptors, Background background, IdleThreads idleThreads) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.spawner = new Spawner(kernel, descriptors);
		this.background = background;
		this.idleThreads = idleThreads;
	}

	public int spawn(Command command, @Nullable Path output, int... descriptors) throws PosixException {
		this.lock.lock();
		try {
			// If this process inherited SIGCHLD as ignored, the kernel would reap its
			// children itself, and their exit codes would be lost.
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

	public int spawnGroup(Command command, int... descriptors) throws PosixException {
		this.lock.lock();
		try {
			int pid = spawn(command, null, descriptors);
			this.groups.add(pid);
			return pid;
		}
		finally {
			this.lock.unlock();
		}
	}

	public boolean kill(int pid, int signal) {
		return isAliveAnd(pid, () -> this.libc.kill(pid, signal) == 0);
	}

	public boolean killGroup(int pid, int signal) {
		// Each child leads a process group of its own, see Spawner.
		return isAliveAnd(pid, () -> this.libc.kill(-pid, signal) == 0);
	}

	public void deprioritize(int pid) {
		ifAlive(pid, () -> {
			this.libc.setpriority(PRIO_PGRP, pid, HIGHEST_NICE);
			try {
				Files.writeString(Path.of("/proc/" + pid + "/oom_score_adj"), HIGHEST_OOM_SCORE,
						StandardOpenOption.WRITE);
			}
			catch (IOException ex) {
				// The child has ended already, or /proc is read-only in this container.
			}
		});
	}

	public void background(int pid, int most) {
		ifAlive(pid, () -> this.background.enter(pid, most));
	}

	public void foreground(int pid) {
		ifAlive(pid, () -> this.background.leave(pid));
	}

	public boolean scheduleIdle(int pid, String threads) {
		return isAliveAnd(pid, () -> this.idleThreads.idle(pid, threads));
	}

	public void scheduleNormally(int pid, String threads) {
		ifAlive(pid, () -> this.idleThreads.normal(pid, threads));
	}

	/** Run an action on a child, which is not reaped meanwhile. */
	private void ifAlive(int pid, Runnable action) {
		isAliveAnd(pid, () -> {
			action.run();
			return true;
		});
	}

	/** Run an action on a child, which is not reaped meanwhile, and return its result. */
	private boolean isAliveAnd(int pid, BooleanSupplier attempt) {
		this.lock.lock();
		try {
			return this.live.contains(pid) && attempt.getAsBoolean();
		}
		finally {
			this.lock.unlock();
		}
	}

	public void adopt(int pid) throws PosixException {
		if (pid <= 0) {
			throw new IllegalArgumentException("No process has the number " + pid);
		}
		this.lock.lock();
		try {
			this.kernel.call("adopt child " + pid,
					() -> this.libc.waitid(P_PID, pid, new byte[SIGINFO_SIZE], WEXITED | WNOHANG | WNOWAIT));
			this.live.add(pid);
			this.spawned.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	public ExitHold hold() {
		this.lock.lock();
		try {
			this.holds++;
			return new Hold();
		}
		finally {
			this.lock.unlock();
		}
	}

	public void awaitExit(Consumer<Exit> receiver) throws InterruptedException {
		boolean received;
		do {
			int pid = awaitAny();
			received = (pid > 0) ? reap(pid, receiver) : awaitChild(receiver);
		}
		while (!received);
	}

	/**
	 * Wait until a child has ended, but leave it a zombie.
	 * @return its process id, or -1 if there is no child
	 */
	private int awaitAny() {
		byte[] siginfo = new byte[SIGINFO_SIZE];
		int result = this.kernel.repeat(() -> this.libc.waitid(P_ALL, 0, siginfo, WEXITED | WNOWAIT));
		return (result < 0) ? -1 : pidIn(siginfo);
	}

	/**
	 * Reap a child, and pass on its exit if it was spawned or adopted here. Both happen
	 * under the lock, so when {@link #hold} returns, the exits of all children that were
	 * reaped have been passed on.
	 */
	private boolean reap(int pid, Consumer<Exit> receiver) {
		this.lock.lock();
		try {
			awaitRelease();
			if (!endGroup(pid)) {
				return false;
			}
			int[] status = new int[1];
			int result = this.kernel.repeat(() -> this.libc.waitpid(pid, status, WNOHANG));
			if (result != pid || !this.live.remove(pid)) {
				return false;
			}
			receiver.accept(toExit(pid, status[0]));
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for the next spawn. If a child that was spawned here is gone, because other
	 * code in this process has reaped it, pass that on: a wait for it would never end.
	 */
	private boolean awaitChild(Consumer<Exit> receiver) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (this.live.isEmpty()) {
				this.spawned.await();
			}
			awaitRelease();
			for (int pid : this.live) {
				if (!endGroup(pid)) {
					continue;
				}
				int[] status = new int[1];
				int result = this.kernel.repeat(() -> this.libc.waitpid(pid, status, WNOHANG));
				boolean gone = result < 0 && this.kernel.errno() == Errno.ECHILD;
				if (gone || result == pid) {
					this.live.remove(pid);
					receiver.accept(gone ? new Exit(pid, -1, 0) : toExit(pid, status[0]));
					return true;
				}
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * If a child whose group ends with it has ended, kill that group. As long as the
	 * child is not reaped, no other group gets its number.
	 * @return whether the child may be reaped
	 */
	private boolean endGroup(int pid) {
		if (!this.groups.contains(pid)) {
			return true;
		}
		byte[] siginfo = new byte[SIGINFO_SIZE];
		int result = this.kernel.repeat(() -> this.libc.waitid(P_PID, pid, siginfo, WEXITED | WNOHANG | WNOWAIT));
		if (result == 0 && pidIn(siginfo) != pid) {
			return false;
		}
		this.groups.remove(pid);
		if (result == 0) {
			this.libc.kill(-pid, SIGKILL);
		}
		return true;
	}

	private static int pidIn(byte[] siginfo) {
		return ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder()).getInt(SIGINFO_PID);
	}

	private void awaitRelease() {
		while (this.holds > 0) {
			this.released.awaitUninterruptibly();
		}
	}

	private static Exit toExit(int pid, int status) {
		int signal = status & 0x7f;
		return (signal == 0) ? new Exit(pid, (status >> 8) & 0xff, 0) : new Exit(pid, -1, signal);
	}

	private final class Hold implements ExitHold {

		private boolean over;

		@Override
		public void release() {
			Children.this.lock.lock();
			try {
				if (!this.over) {
					this.over = true;
					Children.this.holds--;
					Children.this.released.signalAll();
				}
			}
			finally {
				Children.this.lock.unlock();
			}
		}

	}

}
