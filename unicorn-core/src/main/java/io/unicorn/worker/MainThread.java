package io.unicorn.worker;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.unicorn.ipc.Message;

/**
 * Watches the thread that runs the application's main method, and reports to the master
 * when it has ended. What an application does there after {@code SpringApplication.run}
 * may be a job that must run once, so other workers wait for this. A main method that
 * waits for ever has to be told from a job: when the worker is ready and the thread has
 * waited without a time limit at one place for a minute, that is reported.
 */
final class MainThread implements Runnable {

	/** How often the thread is looked at, in milliseconds. */
	static final int LOOK = 1000;

	/** After how many equal looks the thread is taken for one that waits for ever. */
	static final int LOOKS = 60;

	private final Thread main;

	private final BooleanSupplier ready;

	private final Consumer<Message.FromWorker> master;

	private StackTraceElement[] last = {};

	private int equal;

	/**
	 * Create.
	 * @param ready whether the worker is ready
	 * @param master gets the report
	 */
	MainThread(Thread main, BooleanSupplier ready, Consumer<Message.FromWorker> master) {
		this.main = main;
		this.ready = ready;
		this.master = master;
	}

	@Override
	public void run() {
		try {
			this.main.join(LOOK);
			while (this.main.isAlive() && !waitsForEver(this.main.getState(), this.main.getStackTrace())) {
				this.main.join(LOOK);
			}
			this.master.accept(new Message.MainMethod(this.main.isAlive() ? place(this.last) : ""));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	boolean waitsForEver(Thread.State state, StackTraceElement[] stack) {
		boolean waits = this.ready.getAsBoolean() && state == Thread.State.WAITING;
		this.equal = (waits && Arrays.equals(stack, this.last)) ? this.equal + 1 : 0;
		this.last = stack;
		return this.equal >= LOOKS;
	}

	/** Return the innermost frame that is not one of the JDK. */
	static String place(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.filter((frame) -> !frame.getClassName().matches("(java|javax|jdk|sun)\\..*"))
			.findFirst()
			.map((frame) -> "%s.%s(%s:%d)".formatted(frame.getClassName(), frame.getMethodName(), frame.getFileName(),
					frame.getLineNumber()))
			.orElse("the JDK");
	}

}
