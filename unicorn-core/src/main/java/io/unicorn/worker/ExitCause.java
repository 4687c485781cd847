package io.unicorn.worker;

import java.util.Arrays;
import java.util.Collection;

/**
 * Why the JVM ends, as the stacks of its threads show during its shutdown hooks.
 */
enum ExitCause {

	/** The application has called {@code System.exit}. */
	CALLED,

	/** An exception was not caught, and its handler has called {@code System.exit}. */
	UNCAUGHT,

	/** All threads but daemons have ended. */
	THREADS_ENDED,

	/** A signal such as TERM. */
	SIGNAL;

	/**
	 * Return why the JVM ends.
	 * @param stacks the stacks of all threads, but not of virtual threads, which the JDK
	 * does not list; an exit that no thread has caused is one of a virtual thread
	 */
	static ExitCause of(Collection<StackTraceElement[]> stacks) {
		// A second exit waits for the first one, which runs the hooks.
		return stacks.stream()
			.filter((stack) -> has(stack, "java.lang.ApplicationShutdownHooks", "runHooks"))
			.findFirst()
			.map(ExitCause::ofStack)
			.orElse(CALLED);
	}

	private static ExitCause ofStack(StackTraceElement[] stack) {
		if (has(stack, "java.lang.Terminator$1", "handle") || has(stack, "jdk.internal.misc.Signal$1", "run")) {
			return SIGNAL;
		}
		if (has(stack, "java.lang.Shutdown", "shutdown")) {
			return THREADS_ENDED;
		}
		return has(stack, "java.lang.Thread", "dispatchUncaughtException") ? UNCAUGHT : CALLED;
	}

	private static boolean has(StackTraceElement[] stack, String type, String method) {
		return Arrays.stream(stack)
			.anyMatch((frame) -> frame.getClassName().equals(type) && frame.getMethodName().equals(method));
	}

}
