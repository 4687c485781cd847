package io.unicorn.posix;

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

import org.jspecify.annotations.Nullable;

/**
 * The children of this process, from their start to the moment they are reaped. A child's
 * number is free for others only when it is reaped; that happens under the lock under
 * which signals are sent, so a signal never hits somebody else. Thread-safe.
 */
final class Children {

	private static final int SIGKILL = 9;

	private static final int SIGCHLD = 17;

	private static final long SIG_DFL = 0;

	/** A whole process group, with all threads. */
	private static final int PRIO_PGRP = 1;

	private static final int LOWEST_NICE = 19;

	private static final String FIRST_TO_DIE = "1000";

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

	private final OptimizingCompiler compiler;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition spawned = this.lock.newCondition();

	private final Condition released = this.lock.newCondition();

	private final Set<Integer> live = new HashSet<>();

	private int holds;

	Children(Kernel kernel, Spawner spawner, Background background, OptimizingCompiler compiler) {
		this.kernel = kernel;
		this.libc = kernel.libc();
		this.spawner = spawner;
		this.background = background;
		this.compiler = compiler;
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
		return isAliveAnd(pid, () -> this.libc.kill(pid, signal) == 0);
	}

	boolean killGroup(int pid, int signal) {
		// Each child is the first of a process group of its own, see Spawner.
		return isAliveAnd(pid, () -> this.libc.kill(-pid, signal) == 0);
	}

	void makeLast(int pid) {
		ifAlive(pid, () -> {
			this.libc.setpriority(PRIO_PGRP, pid, LOWEST_NICE);
			try {
				Files.writeString(Path.of("/proc/" + pid + "/oom_score_adj"), FIRST_TO_DIE, StandardOpenOption.WRITE);
			}
			catch (IOException ex) {
				// It has ended already, or /proc is read-only in this container.
			}
		});
	}

	void end(int pid) {
		this.lock.lock();
		try {
			if (this.live.remove(pid)) {
				this.libc.kill(pid, SIGKILL);
				this.kernel.repeat(() -> this.libc.waitpid(pid, new int[1], 0));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void background(int pid, int most) {
		ifAlive(pid, () -> this.background.enter(pid, most));
	}

	void foreground(int pid) {
		ifAlive(pid, () -> this.background.leave(pid));
	}

	boolean compileWhenIdle(int pid) {
		return isAliveAnd(pid, () -> this.compiler.whenIdle(pid));
	}

	void compileAsUsual(int pid) {
		ifAlive(pid, () -> this.compiler.asUsual(pid));
	}

	/** Do something with a child, which is not reaped meanwhile. */
	private void ifAlive(int pid, Runnable action) {
		isAliveAnd(pid, () -> {
			action.run();
			return true;
		});
	}

	/** Try something with a child, which is not reaped meanwhile. */
	private boolean isAliveAnd(int pid, BooleanSupplier attempt) {
		this.lock.lock();
		try {
			return this.live.contains(pid) && attempt.getAsBoolean();
		}
		finally {
			this.lock.unlock();
		}
	}

	void adopt(int pid) throws PosixException {
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

	ExitHold hold() {
		this.lock.lock();
		try {
			this.holds++;
			return new Hold();
		}
		finally {
			this.lock.unlock();
		}
	}

	void awaitExit(Consumer<Exit> receiver) throws InterruptedException {
		boolean received;
		do {
			int pid = awaitAny();
			received = (pid > 0) ? reap(pid, receiver) : awaitChild(receiver);
		}
		while (!received);
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

	/**
	 * Reap a child, and pass on its exit if it is one of ours. Both under the lock, so
	 * that whoever holds exits knows that all that were taken have been passed on.
	 */
	private boolean reap(int pid, Consumer<Exit> receiver) {
		this.lock.lock();
		try {
			awaitRelease();
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
	 * Wait for the next spawn. If instead a child of ours turns out to be gone because
	 * other code in this process took its status, say so: waiting for it would never end.
	 */
	private boolean awaitChild(Consumer<Exit> receiver) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (this.live.isEmpty()) {
				this.spawned.await();
			}
			awaitRelease();
			for (int pid : this.live) {
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
