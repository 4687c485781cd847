package io.unicorn.worker;

import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Says what this process does while it boots, so that the log of the master can tell why
 * it takes long. Thread-safe.
 */
final class BootReport {

	private static final int MAX_CALLS = 8;

	private static final int MAX_CHARACTERS = 200;

	/** The innermost call is shown all the same. */
	private static final List<String> WITHOUT_INTEREST = List.of("java.", "javax.", "jdk.", "sun.");

	private final Thread main;

	private String initializing = "";

	private Message.@Nullable Booting last;

	/**
	 * Create a report on the thread that builds the application.
	 */
	BootReport(Thread main) {
		this.main = main;
	}

	/**
	 * Note what is being initialized of that which all workers share.
	 * @param what a phrase for the log; empty for nothing
	 */
	synchronized void initializing(String what) {
		this.initializing = (what.length() > MAX_CHARACTERS) ? what.substring(0, MAX_CHARACTERS) : what;
	}

	synchronized boolean isInitializing() {
		return !this.initializing.isEmpty();
	}

	/**
	 * Return what the process does, or {@code null} if that has not changed since the
	 * call before.
	 */
	synchronized Message.@Nullable Booting next() {
		Message.Booting now = new Message.Booting(this.initializing, stack());
		if (now.equals(this.last)) {
			return null;
		}
		this.last = now;
		return now;
	}

	private List<String> stack() {
		List<String> calls = new ArrayList<>();
		for (StackTraceElement call : this.main.getStackTrace()) {
			if (isOwn(call)) {
				continue;
			}
			if (calls.isEmpty() || WITHOUT_INTEREST.stream().noneMatch(call.getClassName()::startsWith)) {
				String text = call.getClassName() + "." + call.getMethodName()
						+ (call.isNativeMethod() ? "" : ":" + call.getLineNumber());
				calls.add((text.length() > MAX_CHARACTERS) ? text.substring(0, MAX_CHARACTERS) : text);
			}
			if (calls.size() == MAX_CALLS) {
				break;
			}
		}
		return calls;
	}

	/** The main thread itself may ask. */
	private static boolean isOwn(StackTraceElement call) {
		return call.getClassName().startsWith(BootReport.class.getPackageName() + ".")
				|| (call.getClassName().equals(Thread.class.getName()) && call.getMethodName().equals("getStackTrace"));
	}

}
