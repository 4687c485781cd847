package io.unicorn.posix.scheduling;

import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.SchedulerCalls;

/**
 * Prints the nice value of this process, the one that it would have in the background,
 * and whether its first thread can be made idle.
 */
final class NicenessMain {

	private NicenessMain() {
	}

	public static void main(String... args) {
		SchedulerCalls calls = Kernel.load().libc();
		Niceness niceness = new Niceness(calls);
		int pid = (int) ProcessHandle.current().pid();
		boolean idle = new IdleThreads(calls, niceness).idle(pid, Tasks.name(pid, pid));
		System.out.println(niceness.own() + " -> " + niceness.inBackground() + ", " + idle);
	}

}
