package io.unicorn.master.process;

import io.unicorn.posix.Posix;

/**
 * Schedules the threads of HotSpot's optimizing compiler (C2). What it compiles pays in
 * the long run; while a JVM boots, it takes more processor time than the boot itself. So
 * it runs there when no other thread wants the processor.
 */
final class CompilerThreads {

	/** The name of its threads, of which the kernel keeps 15 bytes. */
	private static final String OPTIMIZING = "C2 CompilerThre";

	private final Posix posix;

	CompilerThreads(Posix posix) {
		this.posix = posix;
	}

	/**
	 * Let the compiler of a child wait for idle processors. A JVM has no compiler in the
	 * first instants of its life, and then nothing happens.
	 */
	void waitForIdleProcessors(int pid) {
		this.posix.scheduleIdle(pid, OPTIMIZING);
	}

	/** Let the compiler of a child compete with other threads again. */
	void compete(int pid) {
		this.posix.scheduleNormally(pid, OPTIMIZING);
	}

}
